using Ropeway.Core.Queues;
using Ropeway.Messages;

namespace Ropeway.Core;

/// <summary>A consumer of an open channel, as it was when it was listed; immutable.</summary>
/// <param name="Consumer">The consumer itself.</param>
/// <param name="Tag">Its name on the channel.</param>
/// <param name="Prefetch">Most unacknowledged deliveries it may hold; 0 for any number.</param>
/// <param name="Arguments">What it was started with; null when with nothing.</param>
public sealed record OpenConsumer(Consumer Consumer, string Tag, int Prefetch, FieldTable? Arguments)
{
    /// <summary>Messages that it holds.</summary>
    public int UnackedCount { get; init; }

    /// <summary>Messages that it has acknowledged, returned or rejected.</summary>
    public long ResolvedCount { get; init; }

    /// <summary>How long it held all of these together, in milliseconds; neighbours count from the delivery of the first.</summary>
    public long HeldTotalMs { get; init; }

    /// <summary>When it last resolved one, in milliseconds since the Unix epoch; 0 for never.</summary>
    public long LastResolvedMs { get; init; }
}
