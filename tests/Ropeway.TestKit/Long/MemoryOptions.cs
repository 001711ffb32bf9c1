namespace Ropeway.TestKit.Long;

/// <summary>A run with a backlog and connections that are far more than the memory there is.</summary>
public sealed record MemoryOptions
{
    /// <summary>The broker, with its data directory.</summary>
    public required BrokerLaunch Launch { get; init; }

    /// <summary>Memory of the broker's control group.</summary>
    public long LimitBytes { get; init; } = 512L << 20;

    /// <summary>Messages to queue; 10 GiB by default.</summary>
    public long MessageCount { get; init; } = 10L << 20;

    /// <summary>Octets of each body.</summary>
    public int BodyBytes { get; init; } = 1024;

    /// <summary>Connections that are open meanwhile, each with a channel.</summary>
    public int Connections { get; init; } = 5_000;

    /// <summary>Receives a line now and then.</summary>
    public Action<string> Log { get; init; } = _ => { };
}
