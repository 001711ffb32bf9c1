using Ropeway.Core.Deduplication;
using Ropeway.Core.Topology;

namespace Ropeway.Core.Queues;

/// <summary>What a queue's declared arguments, its policy and its operator policy come to. Immutable; queues without any share one instance.</summary>
public sealed record EffectiveArguments
{
    /// <summary>What RabbitMQ 4 gives to quorum queues that name no limit; queues that retry have it, too.</summary>
    public const long QuorumDeliveryLimit = 20;

    /// <summary>Most levels of priority above the lowest.</summary>
    public const int PriorityMax = 255;

    /// <summary>A classic queue without any.</summary>
    public static EffectiveArguments None { get; } = new();

    private static EffectiveArguments Quorum { get; } = new() { QueueType = QueueType.Quorum, DeliveryLimit = QuorumDeliveryLimit };

    /// <summary>How long a message may wait at most, in milliseconds from 0; null for ever.</summary>
    public long? MessageTtlMs { get; init; }

    /// <summary>How long the queue stays when nobody uses it, in milliseconds from 1; null for ever.</summary>
    public long? ExpiresMs { get; init; }

    /// <summary>Most ready messages; null for any number.</summary>
    public long? MaxLength { get; init; }

    /// <summary>Most bytes of the bodies of ready messages, in a stream of everything it keeps; null for any number.</summary>
    public long? MaxLengthBytes { get; init; }

    /// <summary>How long a stream keeps a message at least, in milliseconds; null for ever.</summary>
    public long? MaxAgeMs { get; init; }

    /// <summary>What happens at the limit.</summary>
    public Overflow Overflow { get; init; }

    /// <summary>The exchange that gets what the queue gives away; empty for the default exchange, null when it is dropped.</summary>
    public string? DeadLetterExchange { get; init; }

    /// <summary>The routing key it gets there; null for the message's own.</summary>
    public string? DeadLetterRoutingKey { get; init; }

    /// <summary>How sure dead-lettering is to be.</summary>
    public DeadLetterStrategy DeadLetterStrategy { get; init; }

    /// <summary>
    /// Whether dead letters stay until all their targets have taken them. As in RabbitMQ only where new messages are refused at the
    /// limit: there those that stay count for it.
    /// </summary>
    public bool KeepsDeadLetters => DeadLetterExchange is not null && DeadLetterStrategy == DeadLetterStrategy.AtLeastOnce && Overflow != Overflow.DropHead;

    /// <summary>The highest priority, 1 to <see cref="PriorityMax"/>; 0 when priorities do not count.</summary>
    public int MaxPriority { get; init; }

    /// <summary>True when only one consumer at a time gets messages.</summary>
    public bool IsSingleActiveConsumer { get; init; }

    /// <summary>How often a message may come back before the queue gives it away; null for any number.</summary>
    public long? DeliveryLimit { get; init; }

    /// <summary>How long messages that come back wait; null when they are ready at once.</summary>
    public RetryRule? Retry { get; init; }

    /// <summary>How long a consumer may hold a delivery unless it says so itself, in milliseconds; 0 or null for ever.</summary>
    public long? ConsumerTimeoutMs { get; init; }

    /// <summary>Whether each delivery says its number in the queue.</summary>
    public bool HasSequenceHeader { get; init; }

    /// <summary>How it tells messages that it has had before, which it drops; null when it takes everything.</summary>
    public DeduplicationRule? Deduplication { get; init; }

    /// <summary>How long acknowledged messages are kept, so that they can be made ready again, in milliseconds; 0 or null for not at all.</summary>
    public long? AckRetentionMs { get; init; }

    /// <summary>Whether messages of one group are held by one consumer at a time.</summary>
    public bool HasMessageGroups { get; init; }

    /// <summary>What the queue was declared as.</summary>
    public QueueType QueueType { get; init; }

    /// <summary>Works out what holds for a queue. As in RabbitMQ the lower number wins for lengths and times, and the argument for everything else.</summary>
    /// <param name="settings">What the queue was declared with; checked before.</param>
    /// <param name="policy">The policy's definition: names without <c>x-</c>, values of the types of field tables; null when there is none.</param>
    /// <param name="operatorPolicy">The same of the operator policy, whose lower numbers win over the policy's.</param>
    public static EffectiveArguments From(
        QueueSettings settings,
        IReadOnlyDictionary<string, object?>? policy = null,
        IReadOnlyDictionary<string, object?>? operatorPolicy = null)
    {
        QueueType type = QueueArguments.GetQueueType(settings.Arguments) switch
        {
            QueueArguments.QuorumType => QueueType.Quorum,
            QueueArguments.StreamType => QueueType.Stream,
            _ => QueueType.Classic,
        };
        if (settings.Arguments is null && policy is null && operatorPolicy is null)
        {
            return None;
        }

        var values = new ArgumentSources(settings.Arguments, policy, operatorPolicy);
        var retry = RetryRule.From(values);
        EffectiveArguments found = new()
        {
            QueueType = type,
            MessageTtlMs = values.Lowest("message-ttl"),
            ExpiresMs = values.Lowest("expires"),
            MaxLength = values.Lowest("max-length"),
            MaxLengthBytes = values.Lowest("max-length-bytes"),
            MaxAgeMs = values.ShortestAge("max-age"),
            Overflow = values.OperatorText("overflow") switch
            {
                "reject-publish" => Overflow.RejectPublish,
                "reject-publish-dlx" => Overflow.RejectPublishDlx,
                _ => Overflow.DropHead,
            },
            DeadLetterExchange = values.Text("dead-letter-exchange"),
            DeadLetterRoutingKey = values.Text("dead-letter-routing-key"),
            DeadLetterStrategy = values.Text("dead-letter-strategy") == "at-least-once" ? DeadLetterStrategy.AtLeastOnce : DeadLetterStrategy.AtMostOnce,
            MaxPriority = (int)Math.Clamp(values.Argument("max-priority") ?? 0, values.HasArgument("max-priority") ? 1 : 0, PriorityMax),
            IsSingleActiveConsumer = values.Flag("single-active-consumer"),
            DeliveryLimit = LimitOf(values.LowestUnlessNegative("delivery-limit"), type == QueueType.Quorum || retry is not null),
            Retry = retry,
            ConsumerTimeoutMs = values.Lowest("consumer-timeout"),
            HasSequenceHeader = values.FlagOrPolicy("sequence-header"),
            Deduplication = DeduplicationRule.From(values),
            AckRetentionMs = values.Lowest("ack-retention"),
            HasMessageGroups = values.OperatorFlag("message-groups"),
        };
        return found == None ? None : found == Quorum ? Quorum : found;
    }

    private static long? LimitOf(long? limit, bool hasDefault) => limit switch
    {
        null => hasDefault ? QuorumDeliveryLimit : null,
        < 0 => null,
        _ => limit,
    };
}
