namespace Ropeway.Management.Live;

/// <summary>How a queue is.</summary>
internal enum QueueCondition
{
    /// <summary>Nothing in it, and nothing happens.</summary>
    Idle,

    /// <summary>Messages come and go.</summary>
    Flowing,

    /// <summary>More comes in than goes out.</summary>
    Growing,

    /// <summary>Consumers hold messages and settle none.</summary>
    Stuck,

    /// <summary>Messages wait and nobody consumes.</summary>
    NoConsumer,

    /// <summary>Held back by an operator.</summary>
    Paused,

    /// <summary>Nearly as long as it may be.</summary>
    NearLimit,

    /// <summary>The broker cannot serve it.</summary>
    OutOfService,
}
