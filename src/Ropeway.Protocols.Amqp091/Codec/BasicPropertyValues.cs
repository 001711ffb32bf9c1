using System.Text;
using Ropeway.Messages;

namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>The properties of a basic message as decoded values: for building or changing them. Immutable; not for the hot path.</summary>
/// <remarks>Null is "not there". Strings are at most 255 bytes of UTF-8.</remarks>
public sealed record BasicPropertyValues
{
    /// <summary>content-type.</summary>
    public string? ContentType { get; init; }

    /// <summary>content-encoding.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>headers.</summary>
    public FieldTable? Headers { get; init; }

    /// <summary>delivery-mode: 2 is persistent.</summary>
    public byte? DeliveryMode { get; init; }

    /// <summary>priority.</summary>
    public byte? Priority { get; init; }

    /// <summary>correlation-id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>reply-to.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>expiration: milliseconds in decimal.</summary>
    public string? Expiration { get; init; }

    /// <summary>message-id.</summary>
    public string? MessageId { get; init; }

    /// <summary>timestamp.</summary>
    public FieldTimestamp? Timestamp { get; init; }

    /// <summary>type.</summary>
    public string? Type { get; init; }

    /// <summary>user-id.</summary>
    public string? UserId { get; init; }

    /// <summary>app-id.</summary>
    public string? AppId { get; init; }

    /// <summary>cluster-id, unused since 0-9-1.</summary>
    public string? ClusterId { get; init; }

    /// <summary>Decodes all properties. Bytes that are not UTF-8 become U+FFFD, which is why stored messages keep the raw form.</summary>
    /// <param name="properties">A checked view.</param>
    public static BasicPropertyValues From(scoped BasicProperties properties)
    {
        FieldTable? headers = null;
        if (properties.Has(BasicPropertyFlags.Headers))
        {
            FieldTableCodec.TryRead(properties.Headers, out headers, out _);
        }

        return new BasicPropertyValues
        {
            ContentType = Text(properties, BasicPropertyFlags.ContentType, properties.ContentType),
            ContentEncoding = Text(properties, BasicPropertyFlags.ContentEncoding, properties.ContentEncoding),
            Headers = headers,
            DeliveryMode = properties.DeliveryMode,
            Priority = properties.Priority,
            CorrelationId = Text(properties, BasicPropertyFlags.CorrelationId, properties.CorrelationId),
            ReplyTo = Text(properties, BasicPropertyFlags.ReplyTo, properties.ReplyTo),
            Expiration = Text(properties, BasicPropertyFlags.Expiration, properties.Expiration),
            MessageId = Text(properties, BasicPropertyFlags.MessageId, properties.MessageId),
            Timestamp = properties.Timestamp,
            Type = Text(properties, BasicPropertyFlags.Type, properties.Type),
            UserId = Text(properties, BasicPropertyFlags.UserId, properties.UserId),
            AppId = Text(properties, BasicPropertyFlags.AppId, properties.AppId),
            ClusterId = Text(properties, BasicPropertyFlags.ClusterId, properties.ClusterId),
        };
    }

    /// <summary>Exact bytes that <see cref="Write"/> writes: flags and properties.</summary>
    public int GetByteCount()
    {
        int bytes = sizeof(ushort) + (Headers is null ? 0 : FieldTableCodec.GetByteCount(Headers));
        bytes += (DeliveryMode.HasValue ? 1 : 0) + (Priority.HasValue ? 1 : 0) + (Timestamp.HasValue ? sizeof(ulong) : 0);
        bytes += TextBytes(ContentType) + TextBytes(ContentEncoding) + TextBytes(CorrelationId) + TextBytes(ReplyTo);
        bytes += TextBytes(Expiration) + TextBytes(MessageId) + TextBytes(Type) + TextBytes(UserId);
        return bytes + TextBytes(AppId) + TextBytes(ClusterId);
    }

    /// <summary>Writes flags and properties, as a content header carries them after the body size.</summary>
    /// <param name="destination">At least <see cref="GetByteCount"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is too short or a string is over 255 bytes.</exception>
    public int Write(Span<byte> destination)
    {
        var writer = new FrameWriter(destination);
        writer.WriteShort((ushort)GetFlags());
        WriteText(ref writer, ContentType);
        WriteText(ref writer, ContentEncoding);
        if (Headers is not null)
        {
            writer.WriteTable(FieldTableCodec.ToArray(Headers));
        }

        WriteOctet(ref writer, DeliveryMode);
        WriteOctet(ref writer, Priority);
        WriteText(ref writer, CorrelationId);
        WriteText(ref writer, ReplyTo);
        WriteText(ref writer, Expiration);
        WriteText(ref writer, MessageId);
        if (Timestamp is { } time)
        {
            writer.WriteLongLong(time.Seconds);
        }

        WriteText(ref writer, Type);
        WriteText(ref writer, UserId);
        WriteText(ref writer, AppId);
        WriteText(ref writer, ClusterId);
        return writer.WrittenBytes;
    }

    /// <summary>Flags and properties in an array of their own.</summary>
    /// <exception cref="ArgumentException">A string is over 255 bytes.</exception>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[GetByteCount()];
        Write(bytes);
        return bytes;
    }

    private static string? Text(scoped BasicProperties properties, BasicPropertyFlags flag, scoped ReadOnlySpan<byte> value)
        => properties.Has(flag) ? Encoding.UTF8.GetString(value) : null;

    private static int TextBytes(string? text) => text is null ? 0 : 1 + Encoding.UTF8.GetByteCount(text);

    private static void WriteText(ref FrameWriter writer, string? text)
    {
        if (text is not null)
        {
            writer.WriteShortString(Encoding.UTF8.GetBytes(text));
        }
    }

    private static void WriteOctet(ref FrameWriter writer, byte? value)
    {
        if (value is { } octet)
        {
            writer.WriteOctet(octet);
        }
    }

    private BasicPropertyFlags GetFlags()
    {
        static BasicPropertyFlags When(bool there, BasicPropertyFlags flag) => there ? flag : BasicPropertyFlags.None;

        return When(ContentType is not null, BasicPropertyFlags.ContentType)
            | When(ContentEncoding is not null, BasicPropertyFlags.ContentEncoding)
            | When(Headers is not null, BasicPropertyFlags.Headers)
            | When(DeliveryMode is not null, BasicPropertyFlags.DeliveryMode)
            | When(Priority is not null, BasicPropertyFlags.Priority)
            | When(CorrelationId is not null, BasicPropertyFlags.CorrelationId)
            | When(ReplyTo is not null, BasicPropertyFlags.ReplyTo)
            | When(Expiration is not null, BasicPropertyFlags.Expiration)
            | When(MessageId is not null, BasicPropertyFlags.MessageId)
            | When(Timestamp is not null, BasicPropertyFlags.Timestamp)
            | When(Type is not null, BasicPropertyFlags.Type)
            | When(UserId is not null, BasicPropertyFlags.UserId)
            | When(AppId is not null, BasicPropertyFlags.AppId)
            | When(ClusterId is not null, BasicPropertyFlags.ClusterId);
    }
}
