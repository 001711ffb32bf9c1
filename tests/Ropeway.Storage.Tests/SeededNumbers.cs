namespace Ropeway.Storage.Tests;

/// <summary>Reproducible numbers from a seed (SplitMix64), so that a failing case can be named and repeated.</summary>
internal sealed class SeededNumbers(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number in [0, max).</summary>
    public int Below(int max)
    {
        _state += 0x9E3779B97F4A7C15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)((mixed ^ (mixed >> 31)) % (ulong)max);
    }
}
