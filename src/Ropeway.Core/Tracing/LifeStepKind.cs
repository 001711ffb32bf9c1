namespace Ropeway.Core.Tracing;

/// <summary>What happened to a message in a queue.</summary>
public enum LifeStepKind
{
    /// <summary>It was handed to somebody.</summary>
    Delivered,

    /// <summary>It came back, and is ready again at once or later.</summary>
    Returned,

    /// <summary>It was acknowledged, or settled by its delivery.</summary>
    Settled,

    /// <summary>It was refused for good.</summary>
    Refused,

    /// <summary>The queue let it go.</summary>
    Dead,

    /// <summary>A job gave it to other queues.</summary>
    Moved,

    /// <summary>No other queue has taken what the queue let go.</summary>
    Dropped,
}
