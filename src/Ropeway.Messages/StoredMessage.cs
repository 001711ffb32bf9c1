using System.Buffers.Binary;

namespace Ropeway.Messages;

/// <summary>
/// A view of one message as the store keeps it: a small fixed envelope, the names it was published with, the producer's own
/// encoded properties, and the body. Valid as long as the memory below it.
/// </summary>
/// <remarks>
/// Layout, little-endian:
/// <code>
///  0  1  version           1
///  1  1  origin            MessageOrigin
///  2  1  flags             MessageFlags
///  3  1  priority
///  4  1  exchange bytes    0 .. 255
///  5  1  routing key bytes 0 .. 255
///  6  2  reserved          0
///  8  8  timestamp         ms since the Unix epoch
/// 16  8  expires at        ms since the Unix epoch, 0 = never
/// 24  4  properties bytes
/// 28  4  body bytes        also when the body is external
/// 32  .. exchange, routing key, properties, body (no body when external)
/// </code>
/// </remarks>
public readonly ref struct StoredMessage
{
    /// <summary>Length of the fixed part in bytes.</summary>
    public const int HeadBytes = 32;

    private const byte Version = 1;

    private StoredMessage(ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest)
    {
        Head = new MessageHead(
            (MessageOrigin)head[1],
            (MessageFlags)head[2],
            head[3],
            BinaryPrimitives.ReadInt64LittleEndian(head[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[16..]));
        int exchangeBytes = head[4];
        int namesBytes = exchangeBytes + head[5];
        Exchange = rest[..exchangeBytes];
        RoutingKey = rest[exchangeBytes..namesBytes];
        int propertiesBytes = BinaryPrimitives.ReadInt32LittleEndian(head[24..]);
        Properties = rest.Slice(namesBytes, propertiesBytes);
        BodyStart = HeadBytes + namesBytes + propertiesBytes;
        BodyBytes = BinaryPrimitives.ReadInt32LittleEndian(head[28..]);
        Body = rest[(namesBytes + propertiesBytes)..];
    }

    /// <summary>The fixed part.</summary>
    public MessageHead Head { get; }

    /// <summary>Name of the exchange it was published to, UTF-8; empty for the default exchange.</summary>
    public ReadOnlySpan<byte> Exchange { get; }

    /// <summary>Routing key it was published with, UTF-8.</summary>
    public ReadOnlySpan<byte> RoutingKey { get; }

    /// <summary>The producer's properties in the origin's own encoding.</summary>
    public ReadOnlySpan<byte> Properties { get; }

    /// <summary>Where the body starts in the payload.</summary>
    public int BodyStart { get; }

    /// <summary>Length of the body in bytes, wherever it lies.</summary>
    public int BodyBytes { get; }

    /// <summary>The body; empty when it is external.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>Whether the body lies in a body file of its own.</summary>
    public bool IsBodyExternal => (Head.Flags & MessageFlags.ExternalBody) != 0;

    /// <summary>Reads a stored payload.</summary>
    /// <returns>False when the bytes are not a message of a known version; lengths are checked against the payload.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, out StoredMessage message)
    {
        message = default;
        return payload.Length >= HeadBytes && TryRead(payload[..HeadBytes], payload[HeadBytes..], out message);
    }

    /// <summary>Reads a stored payload that lies in two pieces.</summary>
    /// <param name="head">The fixed part.</param>
    /// <param name="rest">What follows it.</param>
    /// <param name="message">The message.</param>
    /// <returns>As the other.</returns>
    public static bool TryRead(ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest, out StoredMessage message)
    {
        message = default;
        if (head.Length != HeadBytes || head[0] != Version)
        {
            return false;
        }

        uint propertiesBytes = BinaryPrimitives.ReadUInt32LittleEndian(head[24..]);
        uint bodyBytes = BinaryPrimitives.ReadUInt32LittleEndian(head[28..]);
        bool external = ((MessageFlags)head[2] & MessageFlags.ExternalBody) != 0;
        long expected = head[4] + head[5] + (long)propertiesBytes + (external ? 0 : bodyBytes);
        if (expected != rest.Length)
        {
            return false;
        }

        message = new StoredMessage(head, rest);
        return true;
    }

    /// <summary>Bytes that <see cref="Write"/> needs for everything but the body.</summary>
    public static int GetByteCountWithoutBody(int exchangeBytes, int routingKeyBytes, int propertiesBytes) =>
        HeadBytes + exchangeBytes + routingKeyBytes + propertiesBytes;

    /// <summary>Writes the envelope, names and properties, and says where the body belongs.</summary>
    /// <param name="destination">Exactly the bytes of the message: without the body when it is external.</param>
    /// <param name="head">The fixed part.</param>
    /// <param name="exchange">At most 255 bytes.</param>
    /// <param name="routingKey">At most 255 bytes.</param>
    /// <param name="properties">In the origin's own encoding.</param>
    /// <param name="bodyBytes">Length of the body.</param>
    /// <returns>The part of <paramref name="destination"/> that takes the body; empty when it is external.</returns>
    public static Span<byte> Write(
        Span<byte> destination,
        in MessageHead head,
        ReadOnlySpan<byte> exchange,
        ReadOnlySpan<byte> routingKey,
        ReadOnlySpan<byte> properties,
        int bodyBytes)
    {
        WriteHead(destination, head, exchange.Length, routingKey.Length, properties.Length, bodyBytes);
        return WriteRest(destination[HeadBytes..], exchange, routingKey, properties);
    }

    /// <summary>Writes the fixed part alone.</summary>
    /// <param name="destination">At least <see cref="HeadBytes"/>.</param>
    /// <param name="head">What it says.</param>
    /// <param name="exchangeBytes">At most 255.</param>
    /// <param name="routingKeyBytes">At most 255.</param>
    /// <param name="propertiesBytes">Length of the encoded properties.</param>
    /// <param name="bodyBytes">Length of the body.</param>
    public static void WriteHead(Span<byte> destination, in MessageHead head, int exchangeBytes, int routingKeyBytes, int propertiesBytes, int bodyBytes)
    {
        destination[0] = Version;
        destination[1] = (byte)head.Origin;
        destination[2] = (byte)head.Flags;
        destination[3] = head.Priority;
        destination[4] = checked((byte)exchangeBytes);
        destination[5] = checked((byte)routingKeyBytes);
        destination[6] = 0;
        destination[7] = 0;
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], head.TimestampMs);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], head.ExpiresAtMs);
        BinaryPrimitives.WriteInt32LittleEndian(destination[24..], propertiesBytes);
        BinaryPrimitives.WriteInt32LittleEndian(destination[28..], bodyBytes);
    }

    /// <summary>Writes what follows the fixed part, and says where the body belongs.</summary>
    /// <param name="rest">What follows <see cref="HeadBytes"/>.</param>
    /// <param name="exchange">As in <see cref="Write"/>.</param>
    /// <param name="routingKey">As in <see cref="Write"/>.</param>
    /// <param name="properties">As in <see cref="Write"/>.</param>
    /// <returns>The part that takes the body; empty when it is external.</returns>
    public static Span<byte> WriteRest(Span<byte> rest, ReadOnlySpan<byte> exchange, ReadOnlySpan<byte> routingKey, ReadOnlySpan<byte> properties)
    {
        exchange.CopyTo(rest);
        rest = rest[exchange.Length..];
        routingKey.CopyTo(rest);
        rest = rest[routingKey.Length..];
        properties.CopyTo(rest);
        return rest[properties.Length..];
    }
}
