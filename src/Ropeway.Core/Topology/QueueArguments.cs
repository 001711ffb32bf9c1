using Ropeway.Core.Deduplication;
using Ropeway.Core.Queues;
using Ropeway.Messages;

namespace Ropeway.Core.Topology;

/// <summary>
/// The arguments of queue declarations that mean something: one table of names and rules, in the order in which RabbitMQ looks at
/// them. Arguments with other names are kept as they are and mean nothing, as in RabbitMQ.
/// </summary>
internal static class QueueArguments
{
    /// <summary>The queue type of a declaration that names none.</summary>
    public const string ClassicType = "classic";

    /// <summary>The other queue type.</summary>
    public const string QuorumType = "quorum";

    /// <summary>The type of a log that every consumer reads from its own place.</summary>
    public const string StreamType = "stream";

    private const long SegmentBytesMax = 3_000_000_000;
    private const long FilterBytesMin = 16;
    private const long FilterBytesMax = 255;

    private static readonly ArgumentRule[] Rules =
    [
        new(ArgumentNames.QueueType, ArgumentChecks.Choice("\"unsupported queue type '{0}'\"", ClassicType, QuorumType, StreamType), IsForStream: true),
        new("x-expires", ArgumentChecks.PositiveTime),
        new("x-message-ttl", ArgumentChecks.Time),
        new(ArgumentNames.DeadLetterExchange, ArgumentChecks.Text),
        new("x-dead-letter-routing-key", ArgumentChecks.DeadLetterKey),
        new("x-dead-letter-strategy", ArgumentChecks.Choice("invalid_dlx_strategy", "at-most-once", "at-least-once"), IsForClassic: false),
        new("x-max-length", ArgumentChecks.NotNegative),
        new("x-max-length-bytes", ArgumentChecks.NotNegative, IsForStream: true),
        new("x-max-priority", ArgumentChecks.Priority, IsForQuorum: false),
        new("x-overflow", ArgumentChecks.Choice("invalid_overflow", "drop-head", "reject-publish", "reject-publish-dlx")),
        new("x-single-active-consumer", ArgumentChecks.Flag),
        new("x-consumer-timeout", ArgumentChecks.Time),
        new("x-delivery-limit", ArgumentChecks.Integer),
        new("x-delayed-retry-type", ArgumentChecks.Choice("invalid_delayed_retry_type", "disabled", "all", "failed", "returned")),
        new("x-delayed-retry-min", ArgumentChecks.PositiveTime),
        new("x-delayed-retry-max", ArgumentChecks.PositiveTime),

        // What RabbitMQ has by a plug-in, or not at all.
        new(DeduplicationRule.SwitchArgument, ArgumentChecks.Flag),
        new(DeduplicationRule.HeaderArgument, ArgumentChecks.NotEmpty("empty_header_name")),
        new(DeduplicationRule.CountArgument, ArgumentChecks.PositiveUpTo(DeduplicationRule.CountHighest)),
        new(DeduplicationRule.WindowArgument, ArgumentChecks.PositiveTime),
        new("x-sequence-header", ArgumentChecks.Flag),
        new("x-ack-retention", ArgumentChecks.Time),
        new("x-message-groups", ArgumentChecks.Flag),
        new("x-delayed-retry-multiplier", ArgumentChecks.PositiveUpTo(RetryRule.MultiplierHighest)),
        new("x-delayed-retry-jitter", ArgumentChecks.Percent),

        // Hints where and how to keep the queue. A single node has one place and one way, so they are checked and kept.
        new("x-queue-mode", ArgumentChecks.Choice("\"unsupported queue mode '{0}'\"", "default", "lazy"), IsForQuorum: false),
        new("x-queue-version", ArgumentChecks.Version, IsForQuorum: false),
        new("x-queue-leader-locator", ArgumentChecks.Choice("invalid_queue_locator_arg", "client-local", "balanced", "random", "least-leaders"), IsForStream: true),
        new("x-queue-master-locator", ArgumentChecks.Choice("\"unsupported queue master locator '{0}'\"", "client-local", "min-masters", "random"), IsForQuorum: false),
        new("x-quorum-initial-group-size", ArgumentChecks.Positive, IsForClassic: false),
        new("x-quorum-target-group-size", ArgumentChecks.Positive, IsForClassic: false),
        new("x-member-placement-tag", ArgumentChecks.NotEmpty("invalid_member_placement_tag_arg"), IsForClassic: false),
        new("x-max-in-memory-length", ArgumentChecks.NotNegative, IsForClassic: false),
        new("x-max-in-memory-bytes", ArgumentChecks.NotNegative, IsForClassic: false),
        new("x-consumer-disconnected-timeout", ArgumentChecks.NotNegative, IsForClassic: false), // When another node is out of reach.

        // Streams: how long they keep messages, and more hints.
        new("x-max-age", ArgumentChecks.Age, IsForClassic: false, IsForQuorum: false, IsForStream: true),
        new("x-stream-max-segment-size-bytes", ArgumentChecks.NotNegative, IsForClassic: false, IsForQuorum: false, IsForStream: true),
        new("x-stream-filter-size-bytes", ArgumentChecks.NotNegative, IsForClassic: false, IsForQuorum: false, IsForStream: true),
        new("x-initial-cluster-size", ArgumentChecks.Positive, IsForClassic: false, IsForQuorum: false, IsForStream: true),

        // It would change what the queue is called, so it is refused rather than ignored.
        new("x-name-prefix", ArgumentChecks.NotSupported),
    ];

    /// <summary>The arguments that must be the same when a queue is declared again.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Rules.Select(rule => rule.Name)];

    /// <summary>The queue type of a declaration.</summary>
    public static string GetQueueType(FieldTable? arguments) =>
        arguments is not null && arguments.TryGetString(ArgumentNames.QueueType, out string? type) ? type : ClassicType;

    /// <summary>Refuses a declaration of a new queue whose arguments are wrong or not supported.</summary>
    public static void Check(QueueSettings settings, string resource)
    {
        if (settings.Arguments is not { } arguments)
        {
            return;
        }

        if (arguments.TryGet(ArgumentNames.DeadLetterExchange, out object? exchange) && exchange is not string)
        {
            RefusalTexts.ThrowInvalidArgumentType(ArgumentValues.TypeName(exchange), ArgumentNames.DeadLetterExchange, resource);
        }

        string type = GetQueueType(arguments);
        foreach (ArgumentRule rule in Rules)
        {
            if (Takes(type, rule) && arguments.TryGet(rule.Name, out object? value) && rule.Check(value, arguments) is { } problem)
            {
                RefusalTexts.ThrowInvalidArgument(rule.Name, resource, problem);
            }
        }

        foreach (ArgumentRule rule in Rules)
        {
            if (!Takes(type, rule) && arguments.Contains(rule.Name))
            {
                RefusalTexts.ThrowArgumentOfOtherType(rule.Name, resource, $"rabbit_{type}_queue");
            }
        }

        if (type != ClassicType)
        {
            CheckReplicatedProperties(settings, resource);
        }

        if (type == StreamType)
        {
            CheckStreamSizes(arguments);
        }
    }

    private static bool Takes(string type, ArgumentRule rule) => type switch
    {
        QuorumType => rule.IsForQuorum,
        StreamType => rule.IsForStream,
        _ => rule.IsForClassic,
    };

    private static void CheckStreamSizes(FieldTable arguments)
    {
        if (NumberOf(arguments, "x-stream-max-segment-size-bytes") > SegmentBytesMax)
        {
            RefusalTexts.ThrowSegmentTooLarge();
        }

        if (NumberOf(arguments, "x-stream-filter-size-bytes") is < FilterBytesMin or > FilterBytesMax)
        {
            RefusalTexts.ThrowInvalidFilterSize();
        }
    }

    private static long? NumberOf(FieldTable arguments, string name) =>
        arguments.TryGet(name, out object? value) && ArgumentValues.TryGetInteger(value, out long number) ? number : null;

    private static void CheckReplicatedProperties(QueueSettings settings, string resource)
    {
        if (settings.AutoDelete)
        {
            RefusalTexts.ThrowInvalidProperty("auto-delete", resource);
        }

        if (settings.Exclusive)
        {
            RefusalTexts.ThrowInvalidProperty("exclusive-owner", resource);
        }

        if (!settings.Durable)
        {
            RefusalTexts.ThrowInvalidProperty("non-durable", resource);
        }
    }
}
