namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>Names and reach of the reply codes. Pure; any thread.</summary>
public static class ReplyCodeNames
{
    /// <summary>The name in front of an error text, for example <c>NOT_FOUND</c>.</summary>
    /// <param name="code">Any value.</param>
    /// <returns><c>INTERNAL_ERROR</c> for a number without a name.</returns>
    public static string NameOf(this ReplyCode code) => code switch
    {
        ReplyCode.Success => "SUCCESS",
        ReplyCode.ContentTooLarge => "CONTENT_TOO_LARGE",
        ReplyCode.NoRoute => "NO_ROUTE",
        ReplyCode.NoConsumers => "NO_CONSUMERS",
        ReplyCode.ConnectionForced => "CONNECTION_FORCED",
        ReplyCode.InvalidPath => "INVALID_PATH",
        ReplyCode.AccessRefused => "ACCESS_REFUSED",
        ReplyCode.NotFound => "NOT_FOUND",
        ReplyCode.ResourceLocked => "RESOURCE_LOCKED",
        ReplyCode.PreconditionFailed => "PRECONDITION_FAILED",
        ReplyCode.FrameError => "FRAME_ERROR",
        ReplyCode.SyntaxError => "SYNTAX_ERROR",
        ReplyCode.CommandInvalid => "COMMAND_INVALID",
        ReplyCode.ChannelError => "CHANNEL_ERROR",
        ReplyCode.UnexpectedFrame => "UNEXPECTED_FRAME",
        ReplyCode.ResourceError => "RESOURCE_ERROR",
        ReplyCode.NotAllowed => "NOT_ALLOWED",
        ReplyCode.NotImplemented => "NOT_IMPLEMENTED",
        _ => "INTERNAL_ERROR",
    };

    /// <summary>Whether the code closes the connection; the others close the channel only.</summary>
    /// <param name="code">Any value.</param>
    public static bool ClosesConnection(this ReplyCode code) => code switch
    {
        ReplyCode.ContentTooLarge or ReplyCode.NoRoute or ReplyCode.NoConsumers => false,
        ReplyCode.AccessRefused or ReplyCode.NotFound or ReplyCode.ResourceLocked or ReplyCode.PreconditionFailed => false,
        _ => true,
    };
}
