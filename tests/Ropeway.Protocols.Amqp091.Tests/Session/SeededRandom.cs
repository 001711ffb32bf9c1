namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>A small generator (xorshift64*) that gives the same numbers for the same seed everywhere.</summary>
internal sealed class SeededRandom(int seed)
{
    private ulong _state = ((ulong)seed * 0x9E37_79B9_7F4A_7C15) | 1;

    /// <summary>A number from 0 to below <paramref name="end"/>.</summary>
    public int Next(int end)
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return (int)((_state * 0x2545_F491_4F6C_DD1D >> 33) % (ulong)end);
    }
}
