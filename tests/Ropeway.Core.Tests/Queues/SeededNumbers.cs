namespace Ropeway.Core.Tests.Queues;

/// <summary>Numbers that look random and are the same for the same seed on every machine (SplitMix64).</summary>
internal sealed class SeededNumbers(int seed)
{
    private ulong _state = (ulong)seed;

    /// <summary>0 to <paramref name="end"/>, exclusive.</summary>
    public int Next(int end)
    {
        ulong mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)((mixed ^ (mixed >> 31)) % (ulong)end);
    }

    /// <summary><paramref name="start"/> to <paramref name="end"/>, exclusive.</summary>
    public int Next(int start, int end) => start + Next(end - start);
}
