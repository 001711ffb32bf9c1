namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>What was found at the start of the unread bytes.</summary>
public enum FrameReadStatus
{
    /// <summary>More bytes are needed; nothing is wrong so far.</summary>
    Incomplete,

    /// <summary>A whole frame with a correct end octet.</summary>
    Complete,

    /// <summary>A frame over the limit or without the end octet; the connection cannot go on.</summary>
    Malformed,
}
