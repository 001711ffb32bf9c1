namespace Ropeway.Protocols.Amqp091.Tests.Codec;

/// <summary>Repeatable numbers from a seed (SplitMix64), so that case N of seed S is the same everywhere.</summary>
internal struct SeededNumbers(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number from 0 to, exclusive, <paramref name="end"/>.</summary>
    public int Next(int end) => (int)(Next() % (ulong)end);

    public ulong Next()
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
