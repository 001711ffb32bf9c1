namespace Ropeway.Core.Queues;

/// <summary>What a delivery target did with a message offered to one of its consumers.</summary>
public enum DeliveryOutcome
{
    /// <summary>Taken; the consumer may get more.</summary>
    Delivered,

    /// <summary>Taken, and the consumer has no more credit: it is offered nothing until it is woken.</summary>
    DeliveredLast,

    /// <summary>Not wanted by this reader of a stream, which goes on with the next one.</summary>
    LeftOut,

    /// <summary>Not taken: no credit, too much unsent, or closed. The consumer is offered nothing until it is woken.</summary>
    Refused,
}
