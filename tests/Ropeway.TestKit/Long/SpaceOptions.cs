namespace Ropeway.TestKit.Long;

/// <summary>A run that pushes much through a queue and watches the data directory.</summary>
public sealed record SpaceOptions
{
    /// <summary>The broker, with its data directory.</summary>
    public required BrokerLaunch Launch { get; init; }

    /// <summary>Octets of bodies to push through.</summary>
    public long TotalBytes { get; init; } = 10_000_000_000;

    /// <summary>The data directory must stay below.</summary>
    public long DirectoryBytesMax { get; init; } = 1_000_000_000;

    /// <summary>A consumer keeps the very first message of the queue unsettled all the time.</summary>
    public bool HoldsHead { get; init; }

    /// <summary>So many other queues hold one message each all the time.</summary>
    public int StuckQueues { get; init; }

    /// <summary>Receives a line now and then.</summary>
    public Action<string> Log { get; init; } = _ => { };
}
