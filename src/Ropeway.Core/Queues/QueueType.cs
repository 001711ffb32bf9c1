namespace Ropeway.Core.Queues;

/// <summary>What a queue was declared as (x-queue-type). Classic and quorum queues work alike on one node; they differ in which arguments they take and in their defaults.</summary>
public enum QueueType
{
    /// <summary>RabbitMQ's classic queue, which a declaration without type means.</summary>
    Classic,

    /// <summary>RabbitMQ's quorum queue: durable, with a delivery limit of its own.</summary>
    Quorum,

    /// <summary>A log that every consumer reads from its own place: <see cref="Streams.StreamQueue"/>.</summary>
    Stream,
}
