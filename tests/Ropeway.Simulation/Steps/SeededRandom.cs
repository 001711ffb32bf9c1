namespace Ropeway.Simulation.Steps;

/// <summary>SplitMix64: the same numbers for the same seed on every machine. One for each simulation; not thread-safe.</summary>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number in [0, max).</summary>
    public int Next(int max)
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return (int)((mixed ^ (mixed >> 31)) % (ulong)max);
    }

    /// <summary>A number in [min, max).</summary>
    public int Next(int min, int max) => min + Next(max - min);

    public bool Chance(int percent) => Next(100) < percent;

    public T Choose<T>(IReadOnlyList<T> items) => items[Next(items.Count)];
}
