using System.Buffers.Binary;

namespace Ropeway.TestKit.History;

/// <summary>
/// A numbered and checksummed body:
/// <code>
///  0  4  magic
///  4  4  producer
///  8  8  sequence of the producer, from 0
/// 16  4  octets of the whole body
/// 20  n  filler that follows from producer and sequence
///  .  4  CRC-32C over all before it
/// </code>
/// </summary>
public static class MessageBody
{
    /// <summary>The smallest body.</summary>
    public const int BytesMin = 24;

    private const uint Magic = 0x5259_4D42;
    private const int FillerStart = 20;
    private const int ChecksumBytes = 4;

    /// <summary>Fills the span, which is the whole body.</summary>
    public static void Write(Span<byte> body, int producer, long sequence)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(body, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(body[4..], producer);
        BinaryPrimitives.WriteInt64LittleEndian(body[8..], sequence);
        BinaryPrimitives.WriteInt32LittleEndian(body[16..], body.Length);
        var filler = new SeededRandom(((ulong)producer << 40) ^ (ulong)sequence);
        Span<byte> rest = body[FillerStart..^ChecksumBytes];
        for (; rest.Length >= 8; rest = rest[8..])
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, filler.NextUInt64());
        }

        rest.Fill(0x55);
        BinaryPrimitives.WriteUInt32LittleEndian(body[^ChecksumBytes..], Castagnoli.Compute(body[..^ChecksumBytes]));
    }

    /// <summary>Reads who sent it; false when anything in it has changed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out int producer, out long sequence)
    {
        (producer, sequence) = (-1, -1);
        if (body.Length < BytesMin
            || BinaryPrimitives.ReadUInt32LittleEndian(body) != Magic
            || BinaryPrimitives.ReadInt32LittleEndian(body[16..]) != body.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(body[^ChecksumBytes..]) != Castagnoli.Compute(body[..^ChecksumBytes]))
        {
            return false;
        }

        producer = BinaryPrimitives.ReadInt32LittleEndian(body[4..]);
        sequence = BinaryPrimitives.ReadInt64LittleEndian(body[8..]);
        return true;
    }
}
