using Ropeway.Core.Queues;
using Ropeway.Core.Routing;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>A message that a transaction will publish.</summary>
/// <param name="Item">Where it lies; in a block that the transaction holds.</param>
/// <param name="Route">Where it was published to.</param>
/// <param name="Queues">Who was to get it then.</param>
/// <param name="Histories">Who was to keep a copy then.</param>
/// <param name="IsMandatory">The publisher wants it back when no queue takes it.</param>
internal readonly record struct StagedMessage(PublishItem Item, Route Route, Queue[] Queues, RecentHistory[] Histories, bool IsMandatory)
{
    /// <summary>The exchanges that pass it on later.</summary>
    public required Exchange[] Delayers { get; init; }

    /// <summary>When they do, in milliseconds since the Unix epoch.</summary>
    public required long HeldUntilMs { get; init; }
}
