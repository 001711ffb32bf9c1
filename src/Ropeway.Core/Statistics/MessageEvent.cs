namespace Ropeway.Core.Statistics;

/// <summary>What happens to messages and is counted. Which objects count what: docs/operations/metrics.md.</summary>
public enum MessageEvent
{
    /// <summary>Published on a channel, or to an exchange, or taken by a queue.</summary>
    Published,

    /// <summary>Confirmed to its publisher.</summary>
    Confirmed,

    /// <summary>Given back to its publisher, because it led to no queue.</summary>
    Returned,

    /// <summary>Dropped because it led to no queue, and its publisher did not want it back.</summary>
    Unroutable,

    /// <summary>Delivered to a consumer that acknowledges.</summary>
    Delivered,

    /// <summary>Delivered to a consumer that does not acknowledge.</summary>
    DeliveredWithoutAck,

    /// <summary>Fetched, to be acknowledged.</summary>
    Fetched,

    /// <summary>Fetched and thereby settled.</summary>
    FetchedWithoutAck,

    /// <summary>Nothing was there to be fetched.</summary>
    FetchedNothing,

    /// <summary>Among those delivered and fetched: flagged as redelivered.</summary>
    Redelivered,

    /// <summary>Acknowledged.</summary>
    Acknowledged,

    /// <summary>Copies that an exchange passed to queues.</summary>
    Routed,

    /// <summary>Refused by a full queue, or by one that is out of service.</summary>
    Refused,

    /// <summary>Left its queue because its time was over. This and the next three are in the order of the reasons of dead letters.</summary>
    Expired,

    /// <summary>Left its queue because its consumer rejected it.</summary>
    Rejected,

    /// <summary>Left its queue because that was full.</summary>
    OverLength,

    /// <summary>Left its queue because it came back too often.</summary>
    OverDeliveryLimit,

    /// <summary>Among <see cref="Expired"/>: given to a dead-letter exchange.</summary>
    ExpiredLetters,

    /// <summary>Among <see cref="Rejected"/>: given to a dead-letter exchange.</summary>
    RejectedLetters,

    /// <summary>Among <see cref="OverLength"/>: given to a dead-letter exchange.</summary>
    OverLengthLetters,

    /// <summary>Among <see cref="OverDeliveryLimit"/>: given to a dead-letter exchange.</summary>
    OverDeliveryLimitLetters,
}
