using System.Buffers.Binary;
using System.Numerics;
using Ropeway.Messages;

namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>A view of the property flags and properties of a basic message. Stack only; finds each property when it is asked for.</summary>
/// <remarks>
/// <code>
/// | flags u16 | the properties whose flags are set, in the order of the flags from the highest bit down |   section 4.2.6.1
/// </code>
/// Made by <see cref="TryRead"/>, which checks the whole once, so that nothing can fail afterwards. The default value has no
/// properties. A short string that is not there is empty: ask <see cref="Has"/> where that differs. <see cref="Raw"/> is what the
/// broker stores and sends back. To change properties go through <see cref="BasicPropertyValues"/>.
/// </remarks>
public readonly ref struct BasicProperties
{
    /// <summary>Longest expiration in milliseconds: ten years, as in RabbitMQ.</summary>
    public const long ExpirationMsMax = 315_360_000_000;

    private const BasicPropertyFlags Octets = BasicPropertyFlags.DeliveryMode | BasicPropertyFlags.Priority;
    private const BasicPropertyFlags NoProperty = BasicPropertyFlags.Unused | BasicPropertyFlags.Continuation;

    private BasicProperties(ReadOnlySpan<byte> raw)
    {
        Raw = raw;
        Flags = (BasicPropertyFlags)BinaryPrimitives.ReadUInt16BigEndian(raw);
    }

    /// <summary>Flags without any property: the raw form of a message with no properties.</summary>
    public static ReadOnlySpan<byte> None => [0, 0];

    /// <summary>Flags and properties as they stand; empty in the default value.</summary>
    public ReadOnlySpan<byte> Raw { get; }

    /// <summary>Which properties are there.</summary>
    public BasicPropertyFlags Flags { get; }

    /// <summary>content-type.</summary>
    public ReadOnlySpan<byte> ContentType => FindShortString(BasicPropertyFlags.ContentType);

    /// <summary>content-encoding.</summary>
    public ReadOnlySpan<byte> ContentEncoding => FindShortString(BasicPropertyFlags.ContentEncoding);

    /// <summary>headers as a raw table with its 4-byte length, well-formed; empty when not there.</summary>
    public ReadOnlySpan<byte> Headers
    {
        get
        {
            ReadOnlySpan<byte> start = Find(BasicPropertyFlags.Headers);
            return start.IsEmpty ? default : start[..WidthOf(BasicPropertyFlags.Headers, start)];
        }
    }

    /// <summary>Where in <see cref="Raw"/> the headers stand, or would stand.</summary>
    internal int HeadersStart => Raw.Length - SkipTo(BasicPropertyFlags.Headers).Length;

    /// <summary>delivery-mode: 2 is persistent; null when not there, which is transient.</summary>
    public byte? DeliveryMode => FindOctet(BasicPropertyFlags.DeliveryMode);

    /// <summary>Whether delivery-mode is 2.</summary>
    public bool IsPersistent => DeliveryMode == 2;

    /// <summary>priority, 0 to 255; null when not there.</summary>
    public byte? Priority => FindOctet(BasicPropertyFlags.Priority);

    /// <summary>correlation-id.</summary>
    public ReadOnlySpan<byte> CorrelationId => FindShortString(BasicPropertyFlags.CorrelationId);

    /// <summary>reply-to.</summary>
    public ReadOnlySpan<byte> ReplyTo => FindShortString(BasicPropertyFlags.ReplyTo);

    /// <summary>expiration: should be milliseconds in decimal, not checked here; see <see cref="TryGetExpirationMs"/>.</summary>
    public ReadOnlySpan<byte> Expiration => FindShortString(BasicPropertyFlags.Expiration);

    /// <summary>message-id.</summary>
    public ReadOnlySpan<byte> MessageId => FindShortString(BasicPropertyFlags.MessageId);

    /// <summary>timestamp; null when not there.</summary>
    public FieldTimestamp? Timestamp
    {
        get
        {
            ReadOnlySpan<byte> start = Find(BasicPropertyFlags.Timestamp);
            return start.IsEmpty ? null : new FieldTimestamp(BinaryPrimitives.ReadUInt64BigEndian(start));
        }
    }

    /// <summary>type.</summary>
    public ReadOnlySpan<byte> Type => FindShortString(BasicPropertyFlags.Type);

    /// <summary>user-id.</summary>
    public ReadOnlySpan<byte> UserId => FindShortString(BasicPropertyFlags.UserId);

    /// <summary>app-id.</summary>
    public ReadOnlySpan<byte> AppId => FindShortString(BasicPropertyFlags.AppId);

    /// <summary>cluster-id, unused since 0-9-1.</summary>
    public ReadOnlySpan<byte> ClusterId => FindShortString(BasicPropertyFlags.ClusterId);

    /// <summary>Checks flags and properties from first to last byte; allocates nothing.</summary>
    /// <param name="raw">What follows the body size in a content header, whole.</param>
    /// <param name="properties">The view; default when false is returned.</param>
    /// <returns>
    /// False when a property runs over the end, bytes are left over, headers are malformed, or a flag is set that class basic does
    /// not have.
    /// </returns>
    public static bool TryRead(ReadOnlySpan<byte> raw, out BasicProperties properties)
    {
        properties = default;
        if (raw.Length < sizeof(ushort))
        {
            return false;
        }

        var candidate = new BasicProperties(raw);
        if ((candidate.Flags & NoProperty) != BasicPropertyFlags.None || !IsWellFormed(candidate.Flags, raw[sizeof(ushort)..]))
        {
            return false;
        }

        properties = candidate;
        return true;
    }

    /// <summary>A view of properties that were checked before.</summary>
    /// <param name="wellFormed">Well-formed flags and properties.</param>
    internal static BasicProperties View(ReadOnlySpan<byte> wellFormed) => new(wellFormed);

    /// <summary>Takes a header out of raw properties in place; what follows moves up.</summary>
    /// <param name="raw">Well-formed flags and properties.</param>
    /// <param name="name">The header's name, UTF-8.</param>
    /// <returns>The length of the properties now.</returns>
    public static int RemoveHeader(Span<byte> raw, ReadOnlySpan<byte> name) =>
        raw.Length - FieldTableCodec.RemoveField(raw[^new BasicProperties(raw).Find(BasicPropertyFlags.Headers).Length..], name);

    /// <summary>Whether all of these properties are there.</summary>
    /// <param name="flags">One or more properties.</param>
    public bool Has(BasicPropertyFlags flags) => (Flags & flags) == flags;

    /// <summary>Reads the expiration as RabbitMQ does: decimal digits, a plus sign allowed in front, nothing else.</summary>
    /// <param name="expirationMs">Milliseconds, 0 to <see cref="ExpirationMsMax"/>; null when the property is not there.</param>
    /// <returns>False when the property is there but no such number.</returns>
    public bool TryGetExpirationMs(out long? expirationMs)
    {
        expirationMs = null;
        if (!Has(BasicPropertyFlags.Expiration))
        {
            return true;
        }

        ReadOnlySpan<byte> digits = Expiration;
        digits = digits.StartsWith("+"u8) ? digits[1..] : digits;
        long number = digits.IsEmpty ? -1 : 0;
        foreach (byte digit in digits)
        {
            number = (number * 10) + (digit - '0');
            if (!char.IsAsciiDigit((char)digit) || number > ExpirationMsMax)
            {
                return false;
            }
        }

        expirationMs = number < 0 ? null : number;
        return number >= 0;
    }

    /// <summary>Writes the properties with another reply-to in place of the one that is there.</summary>
    /// <param name="destination">At least <see cref="Raw"/>, less the old reply-to, and the new one.</param>
    /// <param name="replyTo">Up to 255 bytes.</param>
    /// <returns>Bytes written.</returns>
    public int WriteWithReplyTo(Span<byte> destination, scoped ReadOnlySpan<byte> replyTo)
    {
        ReadOnlySpan<byte> behind = Find(BasicPropertyFlags.ReplyTo);
        ReadOnlySpan<byte> before = Raw[..^behind.Length];
        behind = behind[WidthOf(BasicPropertyFlags.ReplyTo, behind)..];
        before.CopyTo(destination);
        destination[before.Length] = (byte)replyTo.Length;
        replyTo.CopyTo(destination[(before.Length + 1)..]);
        behind.CopyTo(destination[(before.Length + 1 + replyTo.Length)..]);
        return before.Length + 1 + replyTo.Length + behind.Length;
    }

    private static bool IsWellFormed(BasicPropertyFlags flags, ReadOnlySpan<byte> properties)
    {
        for (uint left = (uint)flags; left != 0;)
        {
            var flag = (BasicPropertyFlags)(1u << BitOperations.Log2(left));
            left ^= (uint)flag;
            int width = CheckedWidthOf(flag, properties);
            if (width < 0)
            {
                return false;
            }

            properties = properties[width..];
        }

        return properties.IsEmpty;
    }

    private static int CheckedWidthOf(BasicPropertyFlags flag, ReadOnlySpan<byte> start)
    {
        if (flag == BasicPropertyFlags.Headers)
        {
            return FieldTableCodec.TryMeasure(start, out int tableBytes) ? tableBytes : -1;
        }

        if (start.IsEmpty)
        {
            return -1;
        }

        int width = WidthOf(flag, start);
        return width <= start.Length ? width : -1;
    }

    private static int WidthOf(BasicPropertyFlags flag, ReadOnlySpan<byte> start)
    {
        if ((flag & Octets) != BasicPropertyFlags.None)
        {
            return sizeof(byte);
        }

        return flag switch
        {
            BasicPropertyFlags.Headers => sizeof(uint) + (int)BinaryPrimitives.ReadUInt32BigEndian(start),
            BasicPropertyFlags.Timestamp => sizeof(ulong),
            _ => 1 + start[0],
        };
    }

    private ReadOnlySpan<byte> FindShortString(BasicPropertyFlags flag)
    {
        ReadOnlySpan<byte> start = Find(flag);
        return start.IsEmpty ? default : start.Slice(1, start[0]);
    }

    private byte? FindOctet(BasicPropertyFlags flag)
    {
        ReadOnlySpan<byte> start = Find(flag);
        return start.IsEmpty ? null : start[0];
    }

    /// <summary>From the first byte of the property to the end; empty when it is not there.</summary>
    private ReadOnlySpan<byte> Find(BasicPropertyFlags wanted) => (Flags & wanted) == BasicPropertyFlags.None ? default : SkipTo(wanted);

    /// <summary>From the place of the property, whether it is there or not, to the end.</summary>
    private ReadOnlySpan<byte> SkipTo(BasicPropertyFlags wanted)
    {
        ReadOnlySpan<byte> rest = Raw[sizeof(ushort)..];
        uint before = (uint)Flags & ~(((uint)wanted << 1) - 1); // The properties with higher bits stand in front.
        while (before != 0)
        {
            var flag = (BasicPropertyFlags)(1u << BitOperations.Log2(before));
            before ^= (uint)flag;
            rest = rest[WidthOf(flag, rest)..];
        }

        return rest;
    }
}
