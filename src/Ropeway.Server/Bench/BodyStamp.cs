using System.Buffers.Binary;
using Ropeway.Buffers;

namespace Ropeway.Server.Bench;

/// <summary>
/// What a load producer writes into each body, little-endian, as far as the body is long enough. The rest is filler.
/// <code>
///  0      8                16                          n-4      n
///  +------+----------------+---------------------------+--------+
///  | time | producer, sequence | filler                | CRC    |
///  +------+----------------+---------------------------+--------+
///   8 B    2 B high, 6 B low    n - 20 B                4 B, CRC-32C of all before, only with --verify
/// </code>
/// The time is the moment of the write, or the scheduled moment of a paced producer, in monotonic ticks of this machine.
/// </summary>
internal static class BodyStamp
{
    /// <summary>Shortest body that carries a time.</summary>
    public const int TimeBytes = 8;

    /// <summary>Shortest body that carries time, producer and sequence number.</summary>
    public const int SequenceBytes = 16;

    /// <summary>Shortest body that also carries a checksum.</summary>
    public const int ChecksumBytes = 20;

    private const int SequenceBits = 48;
    private const int CrcBytes = sizeof(uint);

    /// <summary>Writes time and number into the first bytes of a body; <paramref name="body"/> may be shorter than both.</summary>
    public static void Write(Span<byte> body, long ticks, int producer, long sequence)
    {
        if (body.Length >= SequenceBytes)
        {
            BinaryPrimitives.WriteInt64LittleEndian(body, ticks);
            BinaryPrimitives.WriteInt64LittleEndian(body[TimeBytes..], ((long)producer << SequenceBits) | sequence);
        }
        else if (body.Length >= TimeBytes)
        {
            BinaryPrimitives.WriteInt64LittleEndian(body, ticks);
        }
    }

    /// <summary>Writes the checksum into the last bytes of a whole body that is long enough for one.</summary>
    public static void WriteChecksum(Span<byte> body)
    {
        if (body.Length >= ChecksumBytes)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(body[^CrcBytes..], Crc32C.Compute(body[..^CrcBytes]));
        }
    }

    /// <summary>The time in a body of at least <see cref="TimeBytes"/>.</summary>
    public static long ReadTicks(ReadOnlySpan<byte> body) => BinaryPrimitives.ReadInt64LittleEndian(body);

    /// <summary>Producer and sequence number in a body of at least <see cref="SequenceBytes"/>.</summary>
    public static (int Producer, long Sequence) ReadNumber(ReadOnlySpan<byte> body)
    {
        ulong number = BinaryPrimitives.ReadUInt64LittleEndian(body[TimeBytes..]);
        return ((int)(number >> SequenceBits), (long)(number & ((1UL << SequenceBits) - 1)));
    }

    /// <summary>Whether the checksum of a whole body fits; true when the body is too short to carry one.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> body) =>
        body.Length < ChecksumBytes || BinaryPrimitives.ReadUInt32LittleEndian(body[^CrcBytes..]) == Crc32C.Compute(body[..^CrcBytes]);
}
