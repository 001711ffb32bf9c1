namespace Ropeway.TestKit.Long;

/// <summary>A run that declares very many queues and bindings, restarts the broker twice, and deletes them.</summary>
public sealed record QueuesOptions
{
    /// <summary>The largest number of queues.</summary>
    public const int QueueCountMax = 1_000_000;

    /// <summary>The broker, with its data directory.</summary>
    public required BrokerLaunch Launch { get; init; }

    /// <summary>Queues to declare, from 1 to <see cref="QueueCountMax"/>; each is bound twice.</summary>
    public int QueueCount { get; init; } = 100_000;

    /// <summary>Messages of each round that measures the routing.</summary>
    public int RoutedCount { get; init; } = 300_000;

    /// <summary>How long resident memory must have stood still to be taken.</summary>
    public TimeSpan SettlingTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Declarations a second, and bindings a second, must be above.</summary>
    public double ChangesPerSecondMin { get; init; } = 4000;

    /// <summary>Octets of resident memory that an idle queue takes must be at most.</summary>
    public double QueueBytesMax { get; init; } = 2048;

    /// <summary>The processor time for a message through the topic exchange with all its bindings, divided by that with one, must be at most. A walk through more and colder nodes costs a little.</summary>
    public double RoutingRatioMax { get; init; } = 1.5;

    /// <summary>Seconds from a start to ready must be below.</summary>
    public double ReadySecondsMax { get; init; } = 10;

    /// <summary>Receives a line now and then.</summary>
    public Action<string> Log { get; init; } = _ => { };
}
