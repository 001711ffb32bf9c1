using System.Buffers.Binary;
using System.Text;

namespace Ropeway.Core.Delays;

/// <summary>A view of one record of a delay log: when the message goes on, from which exchange, and the message. Valid as long as the memory below it.</summary>
/// <remarks>
/// Layout, little-endian:
/// <code>
///  0  1  version           1
///  1  1  exchange bytes    0 .. 255
///  2  6  reserved          0
///  8  8  due               ms since the Unix epoch
/// 16  .. name of the exchange that routes it when it is due, then the stored message
/// </code>
/// </remarks>
internal readonly ref struct DelayRecord
{
    private const int HeadBytes = 16;
    private const byte Version = 1;

    private DelayRecord(ReadOnlySpan<byte> payload)
    {
        DueMs = BinaryPrimitives.ReadInt64LittleEndian(payload[8..]);
        Exchange = payload.Slice(HeadBytes, payload[1]);
        MessageStart = HeadBytes + payload[1];
    }

    /// <summary>When it is due, in milliseconds since the Unix epoch.</summary>
    public long DueMs { get; }

    /// <summary>Name of the exchange that routes it then, UTF-8.</summary>
    public ReadOnlySpan<byte> Exchange { get; }

    /// <summary>Where the stored message starts in the record.</summary>
    public int MessageStart { get; }

    /// <summary>Reads a record's payload.</summary>
    /// <returns>False when it is of no known version.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, out DelayRecord record)
    {
        if (payload.Length < HeadBytes || payload[0] != Version || payload.Length < HeadBytes + payload[1])
        {
            record = default;
            return false;
        }

        record = new DelayRecord(payload);
        return true;
    }

    /// <summary>Bytes in front of the message.</summary>
    public static int GetByteCount(string exchange) => HeadBytes + Encoding.UTF8.GetByteCount(exchange);

    /// <summary>Writes what stands in front of the message.</summary>
    /// <returns>Where the message belongs.</returns>
    public static Span<byte> Write(Span<byte> destination, string exchange, long dueMs)
    {
        destination[..HeadBytes].Clear();
        destination[0] = Version;
        int exchangeBytes = Encoding.UTF8.GetBytes(exchange, destination[HeadBytes..]);
        destination[1] = checked((byte)exchangeBytes);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], dueMs);
        return destination[(HeadBytes + exchangeBytes)..];
    }
}
