using Ropeway.Core.Queues;
using Ropeway.Core.Queues.Browsing;
using Ropeway.Core.Routing;

namespace Ropeway.Core.Jobs;

/// <summary>What a job is to do; immutable. That its user may do it was checked when it was made, but for routing keys of topic exchanges.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Source">Where the messages are.</param>
/// <param name="User">Who wants it.</param>
public sealed record JobRequest(JobKind Kind, Queue Source, string User)
{
    /// <summary>Most messages that can be named one by one.</summary>
    public const int SequencesMax = 10_000;

    /// <summary>The queue that gets the messages, which keep exchange and routing key; null when an exchange does.</summary>
    public Queue? TargetQueue { get; init; }

    /// <summary>The exchange that gets the messages; null when a queue does.</summary>
    public Exchange? TargetExchange { get; init; }

    /// <summary>The routing key that they get; null to keep theirs.</summary>
    public string? RoutingKey { get; init; }

    /// <summary>Which messages; null for all.</summary>
    public MessageFilter? Filter { get; init; }

    /// <summary>The messages by their numbers, ascending; null for all.</summary>
    public IReadOnlyList<long>? Sequences { get; init; }

    /// <summary>Most messages a second; null for no limit.</summary>
    public int? RateMax { get; init; }

    /// <summary>Whether messages are counted only.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Says why the user may not do it any more; null while it is allowed. Asked before each slice of messages.</summary>
    public Func<string?> Refusal { get; init; } = static () => null;

    /// <summary>Whether the user may publish with a routing key to a topic exchange.</summary>
    public Func<Exchange, string, bool> MayPublish { get; init; } = static (_, _) => true;
}
