namespace Ropeway.TestKit;

/// <summary>A small generator (splitmix64) whose whole sequence follows from its seed. Not thread-safe.</summary>
public sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A generator of its own for a part of a run, so that parts do not disturb each other's sequences.</summary>
    public SeededRandom Fork(ulong salt) => new(NextUInt64() ^ (salt * 0x9E3779B97F4A7C15));

    /// <summary>The next 64 bits.</summary>
    public ulong NextUInt64()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>A number from <paramref name="start"/> (inclusive) to <paramref name="end"/> (exclusive).</summary>
    public int Next(int start, int end) => start + (int)(NextUInt64() % (ulong)(end - start));

    /// <summary>True once in <paramref name="times"/> calls on average.</summary>
    public bool OneIn(int times) => NextUInt64() % (ulong)times == 0;
}
