namespace Ropeway.TestKit.Long;

/// <summary>A run that queues very many messages, kills the broker, and drains them.</summary>
public sealed record BacklogOptions
{
    /// <summary>The broker, with its data directory.</summary>
    public required BrokerLaunch Launch { get; init; }

    /// <summary>Messages to queue.</summary>
    public long MessageCount { get; init; } = 10_000_000;

    /// <summary>Octets of each body.</summary>
    public int BodyBytes { get; init; } = 100;

    /// <summary>The broker's resident memory must stay below while they are queued.</summary>
    public long ResidentBytesMax { get; init; } = 400_000_000;

    /// <summary>After kill -9 the broker must be ready within.</summary>
    public TimeSpan ReadyMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Receives a line now and then.</summary>
    public Action<string> Log { get; init; } = _ => { };
}
