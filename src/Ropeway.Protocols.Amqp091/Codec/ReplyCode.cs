namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>Reply codes of AMQP 0-9-1 (section 4.8.2 and the constants of the reference).</summary>
public enum ReplyCode : ushort
{
    /// <summary>No error; a normal close.</summary>
    Success = 200,

    /// <summary>The content is larger than the server takes. Closes the channel.</summary>
    ContentTooLarge = 311,

    /// <summary>No queue took a mandatory message. Only in basic.return.</summary>
    NoRoute = 312,

    /// <summary>No consumer took an immediate message. Only in basic.return.</summary>
    NoConsumers = 313,

    /// <summary>An operator or the server's end closed the connection. Closes the connection.</summary>
    ConnectionForced = 320,

    /// <summary>Unknown virtual host in older versions. Closes the connection.</summary>
    InvalidPath = 402,

    /// <summary>The user may not do this. Closes the channel.</summary>
    AccessRefused = 403,

    /// <summary>The queue or exchange does not exist. Closes the channel.</summary>
    NotFound = 404,

    /// <summary>Another connection has it for itself. Closes the channel.</summary>
    ResourceLocked = 405,

    /// <summary>The state or the arguments forbid it. Closes the channel.</summary>
    PreconditionFailed = 406,

    /// <summary>A frame that cannot be decoded. Closes the connection.</summary>
    FrameError = 501,

    /// <summary>A field with an illegal value. Closes the connection.</summary>
    SyntaxError = 502,

    /// <summary>An unknown method, or one that does not fit the order. Closes the connection.</summary>
    CommandInvalid = 503,

    /// <summary>A channel that is not open, or open already. Closes the connection.</summary>
    ChannelError = 504,

    /// <summary>A frame that does not fit the order. Closes the connection.</summary>
    UnexpectedFrame = 505,

    /// <summary>The server lacks a resource. Closes the connection.</summary>
    ResourceError = 506,

    /// <summary>Forbidden whatever the user's rights. Closes the connection.</summary>
    NotAllowed = 530,

    /// <summary>Not supported by the server. Closes the connection.</summary>
    NotImplemented = 540,

    /// <summary>A fault of the server. Closes the connection.</summary>
    InternalError = 541,
}
