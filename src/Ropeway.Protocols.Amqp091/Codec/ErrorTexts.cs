using System.Globalization;
using System.Text;

namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>The error texts of AMQP 0-9-1 with their codes, as RabbitMQ words them: clients and their users match on them.</summary>
/// <remarks>
/// Pure; any thread; not for the hot path. A resource, queue or exchange parameter is the text that <see cref="Queue"/> and
/// <see cref="Exchange"/> give, unless it is called a name. Refusals by the topology bring their own texts. <c>with { Method = ... }</c> adds the method that failed.
/// </remarks>
public static class ErrorTexts
{
    private const int SnippetBytesMax = 16;

    /// <summary>A queue as texts name it.</summary>
    public static string Queue(string name, string virtualHost) => $"queue '{name}' in vhost '{virtualHost}'";

    /// <summary>An exchange as texts name it.</summary>
    public static string Exchange(string name, string virtualHost) => $"exchange '{name}' in vhost '{virtualHost}'";

    // 320 CONNECTION_FORCED: closes the connection.

    /// <summary>320: an operator or the end of the broker closes the connection; RabbitMQ's words for the latter are "broker forced connection closure with reason 'shutdown'".</summary>
    public static ProtocolError ConnectionForced(string explanation)
        => Make(ReplyCode.ConnectionForced, explanation);

    // 403 ACCESS_REFUSED: closes the channel (the connection before it is open).

    /// <summary>403: no permission on a queue or exchange.</summary>
    public static ProtocolError AccessRefused(string resource, string user)
        => Make(ReplyCode.AccessRefused, $"access to {resource} refused for user '{user}'");

    /// <summary>403: wrong credentials; sent only to clients with the capability authentication_failure_close.</summary>
    public static ProtocolError LoginRefused(string mechanism)
        => Make(ReplyCode.AccessRefused, $"Login was refused using authentication mechanism {mechanism}. For details see the broker logfile.");

    /// <summary>403: publish to an internal exchange.</summary>
    public static ProtocolError InternalExchange(string exchange)
        => Make(ReplyCode.AccessRefused, $"cannot publish to internal {exchange}");

    /// <summary>403: the queue has an exclusive consumer, or an exclusive one is asked for beside others.</summary>
    public static ProtocolError ExclusiveUse(string queue)
        => Make(ReplyCode.AccessRefused, $"{queue} in exclusive use");

    // 404 NOT_FOUND: closes the channel.

    /// <summary>404: no such queue or exchange.</summary>
    public static ProtocolError NotFound(string resource)
        => Make(ReplyCode.NotFound, $"no {resource}");

    /// <summary>404: the empty queue name before any declare on the channel.</summary>
    public static ProtocolError NoPreviousQueue => Make(ReplyCode.NotFound, "no previously declared queue");

    // 406 PRECONDITION_FAILED: closes the channel.

    /// <summary>406: settled already, or never delivered on this channel.</summary>
    public static ProtocolError UnknownDeliveryTag(ulong deliveryTag)
        => Make(ReplyCode.PreconditionFailed, $"unknown delivery tag {deliveryTag}");

    /// <summary>406: a publish in another user's name.</summary>
    public static ProtocolError UserIdMismatch(string claimed, string actual)
        => Make(ReplyCode.PreconditionFailed, $"user_id property set to '{claimed}' but authenticated user was '{actual}'");

    /// <summary>406: an expiration property that is no number of milliseconds.</summary>
    public static ProtocolError InvalidExpiration(string expiration)
        => Make(ReplyCode.PreconditionFailed, $"invalid expiration '{expiration}': {ExpirationFault(expiration)}");

    /// <summary>406: something in a message that would change its way is not as it should be.</summary>
    public static ProtocolError InvalidMessage(string problem)
        => Make(ReplyCode.PreconditionFailed, $"invalid message: {problem}");

    /// <summary>406: a body over the limit.</summary>
    public static ProtocolError MessageTooLarge(ulong bodyBytes, long bodyBytesMax)
        => Make(ReplyCode.PreconditionFailed, $"message size {bodyBytes} is larger than configured max size {bodyBytesMax}");

    /// <summary>406: tx.select on a confirming channel, or confirm.select on a transactional one.</summary>
    public static ProtocolError CannotSwitchMode(string from, string to)
        => Make(ReplyCode.PreconditionFailed, $"cannot switch from {from} to {to} mode");

    /// <summary>406: tx.commit or tx.rollback without tx.select.</summary>
    public static ProtocolError NotTransactional => Make(ReplyCode.PreconditionFailed, "channel is not transactional");

    /// <summary>406: a queue refused a message of a commit, because it is full; everything else is done.</summary>
    public static ProtocolError PartialTransaction => Make(ReplyCode.PreconditionFailed, "partial tx completion", MethodId.TxCommit);

    /// <summary>406: transactions that hold more than they may.</summary>
    public static ProtocolError TransactionTooLarge(long bytesMax)
        => Make(ReplyCode.PreconditionFailed, $"the open transactions of this connection hold more than {bytesMax} bytes; commit more often");

    /// <summary>406: direct replies are not acknowledged.</summary>
    public static ProtocolError ReplyConsumerAcknowledges => Make(ReplyCode.PreconditionFailed, "reply consumer cannot acknowledge", MethodId.BasicConsume);

    /// <summary>406: a consumer of a stream that may hold any number of messages.</summary>
    public static ProtocolError StreamNeedsPrefetch(string queue)
        => Make(ReplyCode.PreconditionFailed, $"consumer prefetch count is not set for stream {queue}", MethodId.BasicConsume);

    /// <summary>406: one consumer of direct replies a channel.</summary>
    public static ProtocolError ReplyConsumerAlreadySet => Make(ReplyCode.PreconditionFailed, "reply consumer already set", MethodId.BasicConsume);

    /// <summary>406: a request that wants direct replies, on a channel that does not consume them.</summary>
    public static ProtocolError NoReplyConsumer => Make(ReplyCode.PreconditionFailed, "fast reply consumer does not exist", MethodId.BasicPublish);

    // 503 COMMAND_INVALID: closes the connection.

    /// <summary>503: a SASL mechanism that was not offered.</summary>
    public static ProtocolError UnknownMechanism(string mechanism)
        => Make(ReplyCode.CommandInvalid, $"unknown authentication mechanism '{mechanism}'");

    /// <summary>503: class and method number of no method, or of one that only a server sends.</summary>
    public static ProtocolError UnknownMethod(MethodId method)
        => Make(ReplyCode.CommandInvalid, Enum.IsDefined(method) ? "unimplemented method" : $"unknown method {method.ClassOf()}, {method.MethodOf()}", method);

    // 504 CHANNEL_ERROR: closes the connection.

    /// <summary>504: a method on a channel that is not open.</summary>
    public static ProtocolError ExpectedChannelOpen => Make(ReplyCode.ChannelError, "expected 'channel.open'");

    /// <summary>504: channel.open on an open channel.</summary>
    public static ProtocolError SecondChannelOpen => Make(ReplyCode.ChannelError, "second 'channel.open' seen");

    /// <summary>504: a method of class connection that does not fit the handshake; state is starting, securing, tuning, opening or running.</summary>
    public static ProtocolError UnexpectedInState(string state)
        => Make(ReplyCode.ChannelError, $"unexpected method in connection state {state}");

    // 505 UNEXPECTED_FRAME: closes the connection.

    /// <summary>505: content without a publish before it.</summary>
    public static ProtocolError ExpectedMethodFrame => Make(ReplyCode.UnexpectedFrame, "expected method frame, got non method frame instead");

    /// <summary>505: a publish not followed by its content header.</summary>
    public static ProtocolError ExpectedContentHeader(ushort classId)
        => Make(ReplyCode.UnexpectedFrame, $"expected content header for class {classId}, got non content header frame instead");

    /// <summary>505: a content header of another class.</summary>
    public static ProtocolError ContentHeaderOfClass(ushort expected, ushort received)
        => Make(ReplyCode.UnexpectedFrame, $"expected content header for class {expected}, got one for class {received} instead");

    /// <summary>505: a body interrupted on its channel.</summary>
    public static ProtocolError ExpectedContentBody => Make(ReplyCode.UnexpectedFrame, "expected content body, got non content body frame instead");

    /// <summary>505: a content header too short, or with a weight.</summary>
    public static ProtocolError MalformedContentHeader => Make(ReplyCode.UnexpectedFrame, "cannot decode content header");

    /// <summary>505: properties that do not fit their flags.</summary>
    public static ProtocolError MalformedProperties => Make(ReplyCode.UnexpectedFrame, "cannot decode content properties");

    /// <summary>505: a frame that may not be on this channel, such as content on channel 0.</summary>
    public static ProtocolError UnexpectedFrame(byte type, ReadOnlySpan<byte> payload)
        => Make(ReplyCode.UnexpectedFrame, $"type {type}, {Octets(payload)}");

    // 506 RESOURCE_ERROR: closes the connection.

    /// <summary>506: the broker lacks a resource.</summary>
    public static ProtocolError ResourceError(string explanation)
        => Make(ReplyCode.ResourceError, explanation);

    // 530 NOT_ALLOWED: closes the connection.

    /// <summary>530: open of a virtual host that does not exist.</summary>
    public static ProtocolError VirtualHostNotFound(string virtualHost)
        => Make(ReplyCode.NotAllowed, $"vhost {virtualHost} not found");

    /// <summary>530: open of a virtual host without permissions on it.</summary>
    public static ProtocolError VirtualHostRefused(string virtualHost, string user)
        => Make(ReplyCode.NotAllowed, $"access to vhost '{virtualHost}' refused for user '{user}'");

    /// <summary>530: the virtual host has as many connections as it may have.</summary>
    public static ProtocolError VirtualHostConnectionLimit(string virtualHost, string user, long? connectionsMax)
        => Make(ReplyCode.NotAllowed, $"access to vhost '{virtualHost}' refused for user '{user}': connection limit ({connectionsMax}) is reached");

    /// <summary>530: the user has as many connections as it may have.</summary>
    public static ProtocolError UserConnectionLimit(string user, long? connectionsMax)
        => Make(ReplyCode.NotAllowed, $"connection refused for user '{user}': user connection limit ({connectionsMax}) is reached");

    /// <summary>530: the user has as many channels as it may have.</summary>
    public static ProtocolError UserChannelLimit(string user, long? channelsMax)
        => Make(ReplyCode.NotAllowed, $"number of channels opened for user '{user}' has reached the maximum allowed user limit of {channelsMax}");

    /// <summary>530: more channels than negotiated.</summary>
    public static ProtocolError ChannelLimit(int channelCount, int channelMax)
        => Make(ReplyCode.NotAllowed, $"number of channels opened ({channelCount}) has reached the negotiated channel_max ({channelMax})");

    /// <summary>530: tune-ok below the minimum; field is frame_max or channel_max.</summary>
    public static ProtocolError TunedTooLow(string field, long received, long min)
        => Make(ReplyCode.NotAllowed, $"negotiated {field} = {received} is lower than the minimum allowed value ({min})", MethodId.ConnectionTune);

    /// <summary>530: tune-ok above what the server proposed; 0 is no limit.</summary>
    public static ProtocolError TunedTooHigh(string field, long received, long max)
        => Make(ReplyCode.NotAllowed, $"negotiated {field} = {received}{NoLimit(field, received)} is higher than the maximum allowed value ({max})", MethodId.ConnectionTune);

    /// <summary>530: a consumer tag in use on the channel.</summary>
    public static ProtocolError ConsumerTagReuse(string consumerTag)
        => Make(ReplyCode.NotAllowed, $"attempt to reuse consumer tag '{consumerTag}'");

    // 540 NOT_IMPLEMENTED: closes the connection.

    /// <summary>540: something the broker does not do, as RabbitMQ: immediate=true, active=false, requeue=false.</summary>
    public static ProtocolError NotImplemented(string what)
        => Make(ReplyCode.NotImplemented, what);

    /// <summary>540: a method, by its name, that streams do not know.</summary>
    public static ProtocolError NotForStreams(MethodId method, string queue)
        => Make(ReplyCode.NotImplemented, $"{method.NameOf()} not supported by stream queues {queue}", method);

    /// <summary>540: a consumer of a stream that does not acknowledge.</summary>
    public static ProtocolError StreamNeedsAcknowledgements(string queue)
        => Make(ReplyCode.NotImplemented, $"automatic acknowledgement not supported by stream {queue}", MethodId.BasicConsume);

    /// <summary>540: a consumer of a stream on a channel with a limit of its own.</summary>
    public static ProtocolError StreamWithGlobalQos(string queue)
        => Make(ReplyCode.NotImplemented, $"{queue} does not support global qos", MethodId.BasicConsume);

    /// <summary>540: basic.qos with a limit in bytes.</summary>
    public static ProtocolError PrefetchBytes(uint prefetchBytes)
        => Make(ReplyCode.NotImplemented, $"prefetch_size!=0 ({prefetchBytes})");

    // 541 INTERNAL_ERROR: closes the connection.

    /// <summary>541: a fault of the broker; the explanation must not tell secrets.</summary>
    public static ProtocolError InternalError(string explanation)
        => Make(ReplyCode.InternalError, explanation);

    /// <summary>501: why <see cref="FrameCodec.TryRead"/> said Malformed.</summary>
    /// <param name="unread">The same bytes.</param>
    /// <param name="payloadBytesMax">The same limit.</param>
    public static ProtocolError MalformedFrame(ReadOnlySpan<byte> unread, int payloadBytesMax)
    {
        uint payloadBytes = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(unread[3..]);
        if (payloadBytes > (uint)payloadBytesMax)
        {
            return FrameFault(unread[0], default, $"{{frame_too_large,{payloadBytes},{payloadBytesMax}}}");
        }

        ReadOnlySpan<byte> payload = unread.Slice(FrameCodec.HeaderBytes, (int)payloadBytes);
        return FrameFault(unread[0], payload, $"{{invalid_frame_end_marker,{unread[FrameCodec.HeaderBytes + payload.Length]}}}");
    }

    /// <summary>501: a frame of a type that does not exist, a heartbeat with a payload, or a method frame without class and method.</summary>
    public static ProtocolError UnknownFrame(byte type, ReadOnlySpan<byte> payload) => FrameFault(type, payload, "unknown_frame");

    /// <summary>501: the arguments of a method do not decode. Shows none of those of class connection, which may hold a password.</summary>
    public static ProtocolError CannotDecode(MethodId method, ReadOnlySpan<byte> arguments)
    {
        bool secret = method.ClassOf() == MethodId.ConnectionStart.ClassOf();
        string what = secret ? $"arguments of {method.NameOf()}" : Binary(arguments[..Math.Min(arguments.Length, 4 * SnippetBytesMax)]);
        return Make(ReplyCode.FrameError, $"cannot decode {what}", method);
    }

    /// <summary>Any error, for texts that are made elsewhere.</summary>
    public static ProtocolError Make(ReplyCode code, string explanation, MethodId method = MethodId.None)
        => new(code, $"{code.NameOf()} - {explanation}", method);

    private static ProtocolError FrameFault(byte type, ReadOnlySpan<byte> payload, string fault)
        => Make(ReplyCode.FrameError, $"type {type}, {Octets(payload)}: {fault}");

    private static string Octets(ReadOnlySpan<byte> payload)
        => payload.Length <= SnippetBytesMax
            ? $"all octets = {Binary(payload)}"
            : $"first {SnippetBytesMax} octets = {Binary(payload[..SnippetBytesMax])}";

    private static string Binary(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder("<<");
        for (int i = 0; i < bytes.Length; i++)
        {
            text.Append(i == 0 ? string.Empty : ",").Append(bytes[i]);
        }

        return text.Append(">>").ToString();
    }

    private static string NoLimit(string field, long received) => received == 0 && field == "channel_max" ? " (no limit)" : string.Empty;

    private static string ExpirationFault(string expiration)
    {
        int start = expiration is ['+' or '-', ..] ? 1 : 0;
        int end = start;
        while (end < expiration.Length && char.IsAsciiDigit(expiration[end]))
        {
            end++;
        }

        if (end == start)
        {
            return "no_integer";
        }

        if (end < expiration.Length)
        {
            return $"{{leftover_string,\"{expiration[end..]}\"}}";
        }

        return expiration[0] == '-' ? $"{{value_negative,{expiration}}}" : $"{{value_too_large,{expiration[start..]}}}";
    }
}
