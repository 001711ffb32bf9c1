using System.Diagnostics.CodeAnalysis;

namespace Ropeway.Core.Topology;

/// <summary>
/// The texts of refusals, in the words that RabbitMQ 4 uses: clients and their tests look for them. Each protocol puts its own code
/// in front.
/// </summary>
public static class RefusalTexts
{
    /// <summary>A queue as it is named in texts.</summary>
    public static string Queue(string name, string host) => $"queue '{name}' in vhost '{host}'";

    /// <summary>An exchange as it is named in texts.</summary>
    public static string Exchange(string name, string host) => $"exchange '{name}' in vhost '{host}'";

    /// <summary>A virtual host that the user may not enter.</summary>
    public static string VirtualHostAccess(string host, string user) => $"access to vhost '{host}' refused for user '{user}'";

    /// <summary>An operation that the user's permissions do not cover.</summary>
    /// <param name="operation">configure, write or read.</param>
    /// <param name="resource">From <see cref="Queue"/> or <see cref="Exchange"/>.</param>
    /// <param name="user">The user's name.</param>
    public static string ResourceAccess(string operation, string resource, string user) => $"{operation} access to {resource} refused for user '{user}'";

    /// <summary>A publish to an internal exchange.</summary>
    public static string InternalExchange(string name, string host) => $"cannot publish to internal {Exchange(name, host)}";

    [DoesNotReturn]
    internal static void ThrowNotFound(string resource) => throw new RefusedException(RefusalReason.NotFound, $"no {resource}");

    [DoesNotReturn]
    internal static void ThrowLocked(string resource) => throw new RefusedException(
        RefusalReason.ResourceLocked,
        $"cannot obtain exclusive access to locked {resource}. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.");

    [DoesNotReturn]
    internal static void ThrowSegmentTooLarge() =>
        throw new RefusedException(RefusalReason.PreconditionFailed, "Exceeded max value for x-stream-max-segment-size-bytes");

    [DoesNotReturn]
    internal static void ThrowInvalidFilterSize() =>
        throw new RefusedException(RefusalReason.PreconditionFailed, "Invalid value for  x-stream-filter-size-bytes");

    [DoesNotReturn]
    internal static void ThrowInUse(string resource) => throw new RefusedException(RefusalReason.PreconditionFailed, $"{resource} in use");

    [DoesNotReturn]
    internal static void ThrowNotEmpty(string resource) => throw new RefusedException(RefusalReason.PreconditionFailed, $"{resource} not empty");

    [DoesNotReturn]
    internal static void ThrowDefaultExchange() => throw new RefusedException(RefusalReason.AccessRefused, "operation not permitted on the default exchange");

    [DoesNotReturn]
    internal static void ThrowSystemExchange(string resource) => throw new RefusedException(RefusalReason.AccessRefused, $"deletion of system {resource} not allowed");

    [DoesNotReturn]
    internal static void ThrowReservedName(string kind, string name) => throw new RefusedException(
        RefusalReason.AccessRefused, $"{kind} name '{name}' contains reserved prefix 'amq.*'");

    [DoesNotReturn]
    internal static void ThrowNameTooLong(string kind, int nameBytes) => throw new RefusedException(
        RefusalReason.PreconditionFailed, $"{kind} of {nameBytes} bytes is longer than {NameRules.NameBytesMax} bytes");

    [DoesNotReturn]
    internal static void ThrowInequivalent(string argument, string resource, string received, string current) => throw new RefusedException(
        RefusalReason.PreconditionFailed, $"inequivalent arg '{argument}' for {resource}: received {received} but current is {current}");

    [DoesNotReturn]
    internal static void ThrowInvalidArgument(string argument, string resource, string problem) => throw new RefusedException(
        RefusalReason.PreconditionFailed, $"invalid arg '{argument}' for {resource}: {problem}");

    [DoesNotReturn]
    internal static void ThrowArgumentOfOtherType(string argument, string resource, string queueType) => throw new RefusedException(
        RefusalReason.PreconditionFailed, $"invalid arg '{argument}' for {resource} of queue type {queueType}");

    [DoesNotReturn]
    internal static void ThrowInvalidArgumentType(string type, string argument, string resource) => throw new RefusedException(
        RefusalReason.PreconditionFailed, $"invalid type '{type}' for arg '{argument}' in {resource}");

    [DoesNotReturn]
    internal static void ThrowInvalidProperty(string property, string resource) => throw new RefusedException(
        RefusalReason.PreconditionFailed, $"invalid property '{property}' for {resource}");

    [DoesNotReturn]
    internal static void ThrowUnknownExchangeType(string type) => throw new RefusedException(
        RefusalReason.PreconditionFailed, $"unknown exchange type '{type}'");

    [DoesNotReturn]
    internal static void ThrowHashTwice() => throw new RefusedException(
        RefusalReason.PreconditionFailed, "hash-header and hash-property are mutually exclusive");

    [DoesNotReturn]
    internal static void ThrowUnsupportedProperty(string property) => throw new RefusedException(
        RefusalReason.PreconditionFailed, $"Unsupported property: {property}");

    [DoesNotReturn]
    internal static void ThrowBindingKey(string problem) => throw new RefusedException(RefusalReason.PreconditionFailed, $"The binding key {problem}");

    [DoesNotReturn]
    internal static void ThrowHistoryLength(string value) => throw new RefusedException(
        RefusalReason.PreconditionFailed, $"Invalid argument {value}, 'x-recent-history-length' must be a positive integer");

    [DoesNotReturn]
    internal static void ThrowDelayedType() => throw new RefusedException(
        RefusalReason.PreconditionFailed, "Invalid argument, 'x-delayed-type' must be an existing exchange type");

    [DoesNotReturn]
    internal static void ThrowInvalidMatchValue(string value) => throw new RefusedException(
        RefusalReason.PreconditionFailed, $"Invalid x-match field value <<\"{value}\">>; expected all, any, all-with-x, or any-with-x");

    [DoesNotReturn]
    internal static void ThrowInvalidMatchType(string type, string value) => throw new RefusedException(
        RefusalReason.PreconditionFailed, $"Invalid x-match field type {type} (value {value}); expected longstr");

    [DoesNotReturn]
    internal static void ThrowInvalidPolicy(string problem) => throw new RefusedException(RefusalReason.PreconditionFailed, problem);

    [DoesNotReturn]
    internal static void ThrowUnknownLimit(string name, long? value, string where) => throw new RefusedException(
        RefusalReason.PreconditionFailed, $"Unrecognised terms [{{{ArgumentValues.Term(name)},{ArgumentValues.Text(value)}}}] in {where}");

    [DoesNotReturn]
    internal static void ThrowQueueLimit(string queue, string host, long limit) => throw new RefusedException(
        RefusalReason.PreconditionFailed, $"cannot declare queue '{queue}': queue limit in vhost '{host}' ({limit}) is reached");

    [DoesNotReturn]
    internal static void ThrowNoUser(string user) => throw new RefusedException(RefusalReason.NotFound, $"user '{user}' not found");

    [DoesNotReturn]
    internal static void ThrowNoVirtualHost(string host) => throw new RefusedException(RefusalReason.NotFound, $"vhost '{host}' not found");

    [DoesNotReturn]
    internal static void ThrowGlobalParameter(string problem) => throw new RefusedException(RefusalReason.PreconditionFailed, problem);

    [DoesNotReturn]
    internal static void ThrowVirtualHostName(string problem) => throw new RefusedException(RefusalReason.PreconditionFailed, problem);
}
