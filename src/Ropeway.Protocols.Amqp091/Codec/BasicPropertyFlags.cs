namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>Which properties of class basic are there (section 4.2.6.1): the first property has the highest bit.</summary>
[Flags]
public enum BasicPropertyFlags : ushort
{
    /// <summary>No property.</summary>
    None = 0,

    /// <summary>content-type, short string.</summary>
    ContentType = 0x8000,

    /// <summary>content-encoding, short string.</summary>
    ContentEncoding = 0x4000,

    /// <summary>headers, table.</summary>
    Headers = 0x2000,

    /// <summary>delivery-mode, octet: 2 is persistent.</summary>
    DeliveryMode = 0x1000,

    /// <summary>priority, octet.</summary>
    Priority = 0x0800,

    /// <summary>correlation-id, short string.</summary>
    CorrelationId = 0x0400,

    /// <summary>reply-to, short string.</summary>
    ReplyTo = 0x0200,

    /// <summary>expiration, short string: milliseconds in decimal.</summary>
    Expiration = 0x0100,

    /// <summary>message-id, short string.</summary>
    MessageId = 0x0080,

    /// <summary>timestamp, seconds since 1970.</summary>
    Timestamp = 0x0040,

    /// <summary>type, short string.</summary>
    Type = 0x0020,

    /// <summary>user-id, short string.</summary>
    UserId = 0x0010,

    /// <summary>app-id, short string.</summary>
    AppId = 0x0008,

    /// <summary>cluster-id, short string; unused.</summary>
    ClusterId = 0x0004,

    /// <summary>Not used by any property.</summary>
    Unused = 0x0002,

    /// <summary>Another flag word follows; class basic has only one.</summary>
    Continuation = 0x0001,
}
