using Ropeway.Core.Statistics;

namespace Ropeway.Core;

/// <summary>A channel or session of an open connection, as it was when it was listed; immutable.</summary>
/// <param name="Number">Its number on the connection.</param>
/// <param name="State">What it does, in RabbitMQ's words: <c>running</c>, <c>closing</c>.</param>
/// <param name="IsConfirming">Whether publishes are confirmed.</param>
/// <param name="IsTransactional">Whether publishes and acknowledgements wait for a commit.</param>
/// <param name="ConsumerPrefetch">Prefetch limit of consumers to come; 0 for none.</param>
/// <param name="SharedPrefetch">Prefetch limit of all consumers together; 0 for none.</param>
/// <param name="UnackedCount">Deliveries that wait for an acknowledgement.</param>
/// <param name="Consumers">Its consumers.</param>
public sealed record OpenChannel(
    int Number,
    string State,
    bool IsConfirming,
    bool IsTransactional,
    int ConsumerPrefetch,
    int SharedPrefetch,
    int UnackedCount,
    IReadOnlyList<OpenConsumer> Consumers)
{
    /// <summary>What has happened to its messages; null when nothing has.</summary>
    public ObjectCounters? Counters { get; init; }

    /// <summary>Publishes that wait for their confirm.</summary>
    public long UnconfirmedCount { get; init; }

    /// <summary>Publishes that wait for the commit of a transaction.</summary>
    public int UncommittedCount { get; init; }

    /// <summary>Acknowledgements that wait for the commit of a transaction; one of several messages counts once.</summary>
    public int UncommittedAckCount { get; init; }

    /// <summary>Messages delivered since it was opened, fetched ones included.</summary>
    public long DeliveredCount { get; init; }
}
