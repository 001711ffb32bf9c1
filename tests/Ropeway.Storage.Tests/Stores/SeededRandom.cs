namespace Ropeway.Storage.Tests.Stores;

/// <summary>SplitMix64: the same numbers for the same seed on every machine.</summary>
internal sealed class SeededRandom
{
    private ulong _state;

    public SeededRandom(ulong seed)
    {
        _state = seed;
    }

    /// <summary>A number in [0, max).</summary>
    public int Next(int max)
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return (int)((mixed ^ (mixed >> 31)) % (ulong)max);
    }

    public bool Chance(int percent) => Next(100) < percent;
}
