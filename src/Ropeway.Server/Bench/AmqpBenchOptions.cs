namespace Ropeway.Server.Bench;

/// <summary>What a load run does; the command line's values after checking. Counts are per run unless said otherwise.</summary>
internal sealed record AmqpBenchOptions
{
    /// <summary>The broker.</summary>
    public required AmqpTarget Target { get; init; }

    /// <summary>Publishing connections; 0 for a run that only consumes.</summary>
    public int ProducerCount { get; init; } = 1;

    /// <summary>Consuming connections; 0 for a run that only publishes.</summary>
    public int ConsumerCount { get; init; } = 1;

    /// <summary>Queues.</summary>
    public int QueueCount { get; init; } = 1;

    /// <summary>Names of queues and exchange begin with this.</summary>
    public string Prefix { get; init; } = "ropeway-bench";

    /// <summary>Whether queues and exchange stay when the run is over.</summary>
    public bool Keep { get; init; }

    /// <summary>Body of each message in bytes.</summary>
    public int BodyBytes { get; init; } = 128;

    /// <summary>Whether queues and exchange are durable.</summary>
    public bool IsDurable { get; init; }

    /// <summary>Whether messages are persistent (delivery mode 2).</summary>
    public bool IsPersistent { get; init; }

    /// <summary>Unconfirmed messages allowed per producer; 0 publishes without confirms.</summary>
    public int ConfirmWindow { get; init; }

    /// <summary>Prefetch per consumer; 0 is unlimited.</summary>
    public ushort Prefetch { get; init; }

    /// <summary>An acknowledgement (multiple) after so many deliveries; 0 consumes without acknowledgements.</summary>
    public int AckEvery { get; init; }

    /// <summary>How messages are routed.</summary>
    public RoutingKind Routing { get; init; }

    /// <summary>Bindings of the topic exchange.</summary>
    public int BindingCount { get; init; } = 1;

    /// <summary>Messages per second and producer; 0 as fast as it goes.</summary>
    public double RatePerProducer { get; init; }

    /// <summary>Messages per write; 0 chooses about 64 KiB.</summary>
    public int BatchCount { get; init; }

    /// <summary>Messages to publish (or, consuming only, to consume) in the measured part; 0 goes by time.</summary>
    public long MessageCount { get; init; }

    /// <summary>Length of the measured part when it goes by time.</summary>
    public double MeasureSeconds { get; init; } = 5;

    /// <summary>Load before the measured part.</summary>
    public double WarmupSeconds { get; init; } = 1;

    /// <summary>Published and not delivered messages allowed per producer; 0 chooses.</summary>
    public int DeliveryWindow { get; init; }

    /// <summary>Whether every body is checked.</summary>
    public bool Verify { get; init; }

    /// <summary>The broker's process on this machine; 0 when not known.</summary>
    public int BrokerProcessId { get; init; }

    /// <summary>Whether the result is one JSON object instead of a table.</summary>
    public bool Json { get; init; }

    /// <summary>The run fails when nothing arrives for so long.</summary>
    public double TimeoutSeconds { get; init; } = 30;

    /// <summary>Copies of each message that are delivered.</summary>
    public int CopiesPerMessage => Routing == RoutingKind.Fanout ? QueueCount : 1;

    /// <summary>Name of queue <paramref name="index"/>.</summary>
    public string QueueName(int index) => $"{Prefix}.{index}";

    /// <summary>Name of the exchange; the default one when messages go directly to queues.</summary>
    public string ExchangeName => Routing == RoutingKind.Default ? "" : Prefix;

    /// <summary>Routing key of messages to queue or binding <paramref name="index"/>.</summary>
    public string RoutingKey(int index) => Routing switch
    {
        RoutingKind.Topic => $"bench.{index:D7}.event",
        RoutingKind.Fanout => "",
        _ => QueueName(index),
    };

    /// <summary>Binding key of binding <paramref name="index"/>.</summary>
    public string BindingKey(int index) => Routing == RoutingKind.Topic ? $"bench.{index:D7}.*" : RoutingKey(index);
}
