using System.Buffers.Binary;

namespace Ropeway.Messages;

/// <summary>The encoded properties of an AMQP 0-9-1 message (section 4.2.6.1) as far as the broker itself looks at or changes them. A view, valid as long as the bytes.</summary>
/// <remarks>
/// <code>
/// 0  2  property flags, big-endian: 0x8000 content-type, 0x4000 content-encoding, 0x2000 headers, 0x1000 delivery-mode,
///       0x0800 priority, 0x0400 correlation-id, 0x0200 reply-to, 0x0100 expiration, 0x0080 message-id, 0x0040 timestamp ...
/// 2  .. the properties that are there, in this order: short strings, one octet for delivery-mode and priority, a table, a u64
/// </code>
/// </remarks>
public readonly ref struct ContentProperties
{
    private const int FlagsBytes = sizeof(ushort);
    private const ushort ContentTypeFlag = 0x8000;
    private const ushort ContentEncodingFlag = 0x4000;
    private const ushort HeadersFlag = 0x2000;
    private const ushort DeliveryModeFlag = 0x1000;
    private const ushort PriorityFlag = 0x0800;
    private const ushort CorrelationIdFlag = 0x0400;
    private const ushort ReplyToFlag = 0x0200;
    private const ushort ExpirationFlag = 0x0100;
    private const ushort MessageIdFlag = 0x0080;
    private const ushort TimestampFlag = 0x0040;

    private readonly ReadOnlySpan<byte> _raw;
    private readonly Range _headers;
    private readonly Range _expiration;

    private ContentProperties(ReadOnlySpan<byte> raw)
    {
        _raw = raw;
        Flags = BinaryPrimitives.ReadUInt16BigEndian(raw);
        int place = FlagsBytes;
        TakeShortString(ContentTypeFlag, ref place);
        TakeShortString(ContentEncodingFlag, ref place);
        _headers = Take(HeadersFlag, ref place, Has(HeadersFlag) ? sizeof(uint) + (int)BinaryPrimitives.ReadUInt32BigEndian(raw[place..]) : 0);
        Take(DeliveryModeFlag, ref place, 1);
        Take(PriorityFlag, ref place, 1);
        CorrelationId = Content(TakeShortString(CorrelationIdFlag, ref place));
        TakeShortString(ReplyToFlag, ref place);
        _expiration = TakeShortString(ExpirationFlag, ref place);
        MessageId = Content(TakeShortString(MessageIdFlag, ref place));
        TimestampSeconds = Has(TimestampFlag) ? BinaryPrimitives.ReadUInt64BigEndian(raw[place..]) : 0;
    }

    /// <summary>Which properties are there.</summary>
    public ushort Flags { get; }

    /// <summary>The encoded header table with its length in front; empty when there is none.</summary>
    public ReadOnlySpan<byte> Headers => _raw[_headers];

    /// <summary>Where the header table is, or would be, in the encoded properties.</summary>
    public int HeadersStart => _headers.Start.Value;

    /// <summary>The expiration as the producer wrote it; empty when there is none.</summary>
    public ReadOnlySpan<byte> Expiration => Content(_expiration);

    /// <summary>The correlation id; empty when there is none.</summary>
    public ReadOnlySpan<byte> CorrelationId { get; }

    /// <summary>The message id; empty when there is none.</summary>
    public ReadOnlySpan<byte> MessageId { get; }

    /// <summary>The producer's time; 0 when there is none.</summary>
    public ulong TimestampSeconds { get; }

    private static ReadOnlySpan<byte> None => [0, 0];

    /// <summary>Reads properties that were checked when they came; no bytes at all are no properties.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They were not.</exception>
    public static ContentProperties Read(ReadOnlySpan<byte> raw) => new(raw.IsEmpty ? None : raw);

    /// <summary>The same properties with other headers and without an expiration.</summary>
    public byte[] WithHeadersOnly(FieldTable headers)
    {
        int tableBytes = FieldTableCodec.GetByteCount(headers);
        ReadOnlySpan<byte> before = _raw[FlagsBytes.._headers.Start.Value];
        ReadOnlySpan<byte> between = _raw[_headers.End.Value.._expiration.Start.Value];
        ReadOnlySpan<byte> behind = _raw[_expiration.End.Value..];
        byte[] changed = new byte[FlagsBytes + before.Length + tableBytes + between.Length + behind.Length];
        BinaryPrimitives.WriteUInt16BigEndian(changed, (ushort)((Flags | HeadersFlag) & ~ExpirationFlag));
        Span<byte> rest = changed.AsSpan(FlagsBytes);
        before.CopyTo(rest);
        rest = rest[before.Length..];
        rest = rest[FieldTableCodec.Write(headers, rest)..];
        between.CopyTo(rest);
        behind.CopyTo(rest[between.Length..]);
        return changed;
    }

    private bool Has(ushort flag) => (Flags & flag) != 0;

    private ReadOnlySpan<byte> Content(Range shortString)
    {
        ReadOnlySpan<byte> bytes = _raw[shortString];
        return bytes.IsEmpty ? bytes : bytes[1..];
    }

    private Range TakeShortString(ushort flag, ref int place) => Take(flag, ref place, Has(flag) ? 1 + _raw[place] : 0);

    private Range Take(ushort flag, ref int place, int bytes)
    {
        int start = place;
        place += Has(flag) ? bytes : 0;
        return start..place;
    }
}
