using System.Globalization;
using System.Text;
using Ropeway.Messages;

namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>The error texts of AMQP 0-9-1 with their codes, as RabbitMQ words them: clients and their users match on them.</summary>
/// <remarks>
/// Pure; any thread; not for the hot path. A resource, queue or exchange parameter is the text that <see cref="Queue"/> and
/// <see cref="Exchange"/> give, unless it is called a name. <c>with { Method = ... }</c> adds the method that failed.
/// </remarks>
public static class ErrorTexts
{
    private const string LockedWhy = "It could be originally declared on another connection or the exclusive property value "
        + "does not match that of the original declaration.";

    private const int SnippetBytesMax = 16;

    /// <summary>A queue as texts name it.</summary>
    public static string Queue(string name, string virtualHost) => $"queue '{name}' in vhost '{virtualHost}'";

    /// <summary>An exchange as texts name it.</summary>
    public static string Exchange(string name, string virtualHost) => $"exchange '{name}' in vhost '{virtualHost}'";

    /// <summary>A flag of a declare as <see cref="InequivalentArgument"/> shows it.</summary>
    public static string Flag(bool value) => value ? "'true'" : "'false'";

    /// <summary>An argument of a declare as <see cref="InequivalentArgument"/> shows it: value and type, or "none".</summary>
    public static string Argument(FieldTable arguments, string name)
        => arguments.TryGet(name, out object? value) ? $"the value '{Show(value)}' of type '{TypeName(value)}'" : "none";

    /// <summary>The type of a table value in RabbitMQ's words.</summary>
    public static string TypeName(object? value) => value switch
    {
        null => "void",
        string => "longstr",
        bool => "bool",
        sbyte => "byte",
        byte => "unsignedbyte",
        short => "short",
        ushort => "unsignedshort",
        int => "signedint",
        uint => "unsignedint",
        long => "long",
        float => "float",
        double => "double",
        FieldDecimal => "decimal",
        FieldTimestamp => "timestamp",
        FieldTable => "table",
        FieldArray => "array",
        _ => "binary",
    };

    // 320 CONNECTION_FORCED: closes the connection.

    /// <summary>320: an operator or the end of the broker closes the connection; RabbitMQ's words for the latter are "broker forced connection closure with reason 'shutdown'".</summary>
    public static ProtocolError ConnectionForced(string explanation)
        => Make(ReplyCode.ConnectionForced, explanation);

    // 403 ACCESS_REFUSED: closes the channel (the connection before it is open).

    /// <summary>403: no permission on a queue or exchange.</summary>
    public static ProtocolError AccessRefused(string resource, string user)
        => Make(ReplyCode.AccessRefused, $"access to {resource} refused for user '{user}'");

    /// <summary>403: no topic permission for a routing key.</summary>
    public static ProtocolError TopicAccessRefused(string routingKey, string exchange, string user)
        => Make(ReplyCode.AccessRefused, $"access to topic '{routingKey}' in {exchange} refused for user '{user}'");

    /// <summary>403: wrong credentials; sent only to clients with the capability authentication_failure_close.</summary>
    public static ProtocolError LoginRefused(string mechanism)
        => Make(ReplyCode.AccessRefused, $"Login was refused using authentication mechanism {mechanism}. For details see the broker logfile.");

    /// <summary>403: a declared name starts with "amq."; kind is queue or exchange.</summary>
    public static ProtocolError ReservedName(string kind, string name)
        => Make(ReplyCode.AccessRefused, $"{kind} name '{name}' contains reserved prefix 'amq.*'");

    /// <summary>403: delete of an exchange whose name starts with "amq.".</summary>
    public static ProtocolError SystemExchangeDelete(string exchange)
        => Make(ReplyCode.AccessRefused, $"deletion of system {exchange} not allowed");

    /// <summary>403: declare, delete, bind or unbind of the default exchange.</summary>
    public static ProtocolError DefaultExchange => Make(ReplyCode.AccessRefused, "operation not permitted on the default exchange");

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

    /// <summary>404: no such binding; RabbitMQ reports it only for some exchange types, unbind is idempotent otherwise.</summary>
    public static ProtocolError BindingNotFound(string routingKey, string source, string destination)
        => Make(ReplyCode.NotFound, $"no binding {routingKey} between {source} and {destination}");

    // 405 RESOURCE_LOCKED: closes the channel.

    /// <summary>405: the queue is exclusive to another connection.</summary>
    public static ProtocolError ResourceLocked(string queue)
        => Make(ReplyCode.ResourceLocked, $"cannot obtain exclusive access to locked {queue}. {LockedWhy}");

    // 406 PRECONDITION_FAILED: closes the channel.

    /// <summary>406: redeclared with another value; the values as <see cref="Flag"/> or <see cref="Argument"/> shows them.</summary>
    public static ProtocolError InequivalentArgument(string argument, string resource, string received, string current)
        => Make(ReplyCode.PreconditionFailed, $"inequivalent arg '{argument}' for {resource}: received {received} but current is {current}");

    /// <summary>406: settled already, or never delivered on this channel.</summary>
    public static ProtocolError UnknownDeliveryTag(ulong deliveryTag)
        => Make(ReplyCode.PreconditionFailed, $"unknown delivery tag {deliveryTag}");

    /// <summary>406: delete with if-unused.</summary>
    public static ProtocolError InUse(string resource)
        => Make(ReplyCode.PreconditionFailed, $"{resource} in use");

    /// <summary>406: delete with if-empty.</summary>
    public static ProtocolError NotEmpty(string queue)
        => Make(ReplyCode.PreconditionFailed, $"{queue} not empty");

    /// <summary>406: a declare or consume argument with a bad value; reason as RabbitMQ shows it, for example {value_negative,-1}.</summary>
    public static ProtocolError InvalidArgument(string argument, string resource, string reason)
        => Make(ReplyCode.PreconditionFailed, $"invalid arg '{argument}' for {resource}: {reason}");

    /// <summary>406: an argument that the queue type does not have; the type as RabbitMQ's module, for example rabbit_quorum_queue.</summary>
    public static ProtocolError ArgumentNotForQueueType(string argument, string queue, string queueType)
        => Make(ReplyCode.PreconditionFailed, $"invalid arg '{argument}' for {queue} of queue type {queueType}");

    /// <summary>406: an exchange name argument that is no text.</summary>
    public static ProtocolError InvalidArgumentType(string type, string argument, string resource)
        => Make(ReplyCode.PreconditionFailed, $"invalid type '{type}' for arg '{argument}' in {resource}");

    /// <summary>406: exclusive-owner, auto-delete or non-durable on a queue type that forbids it.</summary>
    public static ProtocolError InvalidProperty(string property, string queue)
        => Make(ReplyCode.PreconditionFailed, $"invalid property '{property}' for {queue}");

    /// <summary>406: an empty queue name with a queue type that must be named.</summary>
    public static ProtocolError ServerNamedQueueType(string queueType)
        => Make(ReplyCode.PreconditionFailed, $"Cannot declare a server-named queue for type {queueType}");

    /// <summary>406: the virtual host has its greatest number of queues.</summary>
    public static ProtocolError QueueLimitReached(string queueName, string virtualHost, long limit)
        => Make(ReplyCode.PreconditionFailed, $"cannot declare queue '{queueName}': queue limit in vhost '{virtualHost}' ({limit}) is reached");

    /// <summary>406: a publish in another user's name.</summary>
    public static ProtocolError UserIdMismatch(string claimed, string actual)
        => Make(ReplyCode.PreconditionFailed, $"user_id property set to '{claimed}' but authenticated user was '{actual}'");

    /// <summary>406: an expiration property that is no number of milliseconds.</summary>
    public static ProtocolError InvalidExpiration(string expiration)
        => Make(ReplyCode.PreconditionFailed, $"invalid expiration '{expiration}': {ExpirationFault(expiration)}");

    /// <summary>406: a body over the limit.</summary>
    public static ProtocolError MessageTooLarge(ulong bodyBytes, long bodyBytesMax)
        => Make(ReplyCode.PreconditionFailed, $"message size {bodyBytes} is larger than configured max size {bodyBytesMax}");

    /// <summary>406: tx.select on a channel with confirms.</summary>
    public static ProtocolError ConfirmToTransaction => Make(ReplyCode.PreconditionFailed, "cannot switch from confirm to tx mode");

    /// <summary>406: confirm.select on a channel with transactions.</summary>
    public static ProtocolError TransactionToConfirm => Make(ReplyCode.PreconditionFailed, "cannot switch from tx to confirm mode");

    /// <summary>406: commit or rollback without tx.select.</summary>
    public static ProtocolError NotTransactional => Make(ReplyCode.PreconditionFailed, "channel is not transactional");

    /// <summary>406: a publish with reply-to amq.rabbitmq.reply-to without its consumer.</summary>
    public static ProtocolError NoReplyConsumer => Make(ReplyCode.PreconditionFailed, "fast reply consumer does not exist");

    /// <summary>406: a consumer of amq.rabbitmq.reply-to without no-ack.</summary>
    public static ProtocolError ReplyConsumerAcknowledges => Make(ReplyCode.PreconditionFailed, "reply consumer cannot acknowledge");

    /// <summary>406: a second consumer of amq.rabbitmq.reply-to on the channel.</summary>
    public static ProtocolError ReplyConsumerTwice => Make(ReplyCode.PreconditionFailed, "reply consumer already set");

    // 501 FRAME_ERROR: closes the connection.

    /// <summary>501: a short string that is not UTF-8, where it must be.</summary>
    public static ProtocolError MalformedName => Make(ReplyCode.FrameError, "Malformed UTF-8 in shortstr");

    // 502 SYNTAX_ERROR: closes the connection.

    /// <summary>502: a field with an illegal value, such as a malformed SASL response.</summary>
    public static ProtocolError SyntaxError(string explanation)
        => Make(ReplyCode.SyntaxError, explanation);

    // 503 COMMAND_INVALID: closes the connection.

    /// <summary>503: declare of an exchange type that the broker does not have.</summary>
    public static ProtocolError UnknownExchangeType(string type)
        => Make(ReplyCode.CommandInvalid, $"unknown exchange type '{type}'");

    /// <summary>503: a SASL mechanism that was not offered.</summary>
    public static ProtocolError UnknownMechanism(string mechanism)
        => Make(ReplyCode.CommandInvalid, $"unknown authentication mechanism '{mechanism}'");

    /// <summary>503: class and method number of no method.</summary>
    public static ProtocolError UnknownMethod(MethodId method)
        => Make(ReplyCode.CommandInvalid, $"unknown method {method.ClassOf()}, {method.MethodOf()}", method);

    /// <summary>503: a method that a server does not take.</summary>
    public static ProtocolError UnimplementedMethod(MethodId method)
        => Make(ReplyCode.CommandInvalid, "unimplemented method", method);

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

    /// <summary>530: the virtual host has its greatest number of connections.</summary>
    public static ProtocolError VirtualHostConnectionLimit(string virtualHost, string user, long limit)
        => Make(ReplyCode.NotAllowed, $"access to vhost '{virtualHost}' refused for user '{user}': connection limit ({limit}) is reached");

    /// <summary>530: the user has his greatest number of connections.</summary>
    public static ProtocolError UserConnectionLimit(string user, long limit)
        => Make(ReplyCode.NotAllowed, $"connection refused for user '{user}': user connection limit ({limit}) is reached");

    /// <summary>530: more channels than negotiated.</summary>
    public static ProtocolError ChannelLimit(int channelCount, int channelMax)
        => Make(ReplyCode.NotAllowed, $"number of channels opened ({channelCount}) has reached the negotiated channel_max ({channelMax})");

    /// <summary>530: the user has his greatest number of channels.</summary>
    public static ProtocolError UserChannelLimit(string user, long limit)
        => Make(ReplyCode.NotAllowed, $"number of channels opened for user '{user}' has reached the maximum allowed user limit of ({limit})");

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

    private static string Show(object? value) => value switch
    {
        null => "undefined",
        bool flag => flag ? "true" : "false",
        FieldTimestamp time => time.Seconds.ToString(CultureInfo.InvariantCulture),
        FieldDecimal number => $"{{{number.Scale},{number.Unscaled}}}",
        FieldTable or FieldArray => "[...]",
        byte[] bytes => Binary(bytes.AsSpan(0, Math.Min(bytes.Length, SnippetBytesMax))),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty,
    };

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
