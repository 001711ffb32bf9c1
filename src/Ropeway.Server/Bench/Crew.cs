using System.Diagnostics;

namespace Ropeway.Server.Bench;

/// <summary>The connections and threads of one run. The thread that leads the run owns it.</summary>
internal sealed class Crew : IDisposable
{
    private const int StackBytes = 256 * 1024;

    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(2);

    private readonly AmqpBenchOptions _options;
    private readonly LoadShape _shape;
    private readonly RunControl _control;
    private readonly TimeSpan _timeout;
    private readonly FlowGate[] _deliveryGates;
    private readonly List<FlowGate> _confirmGates = [];
    private readonly List<AmqpConnection> _producerConnections = [];
    private readonly List<AmqpConnection> _consumerConnections = [];
    private readonly List<Thread> _writers = [];
    private readonly List<Thread> _readers = [];
    private readonly List<Thread> _consumerThreads = [];
    private readonly List<ManualResetEventSlim> _consuming = [];

    /// <summary>Makes an empty crew.</summary>
    public Crew(AmqpBenchOptions options, LoadShape shape, RunControl control)
    {
        _options = options;
        _shape = shape;
        _control = control;
        _timeout = TimeSpan.FromSeconds(options.TimeoutSeconds);
        _deliveryGates = NewDeliveryGates(options, shape);
    }

    /// <summary>The publishing side.</summary>
    public List<Producer> Producers { get; } = [];

    /// <summary>Their readers, in the same order.</summary>
    public List<ReplyReader> Readers { get; } = [];

    /// <summary>The consuming side.</summary>
    public List<Consumer> Consumers { get; } = [];

    /// <summary>Whether all producers have sent what they should.</summary>
    public bool IsPublishingDone => _writers.TrueForAll(writer => !writer.IsAlive);

    /// <summary>Connects all consumers and producers; nothing is consumed or published yet.</summary>
    public void Connect()
    {
        for (int index = 0; index < _options.ConsumerCount; index++)
        {
            AmqpConnection connection = AmqpConnection.Open(_options.Target, $"ropeway bench consumer {index}", _timeout);
            _consumerConnections.Add(connection);
            var consuming = new ManualResetEventSlim();
            _consuming.Add(consuming);
            var consumer = new Consumer(connection, _options, _control, GateOf(index), consuming);
            Consumers.Add(consumer);
            _consumerThreads.Add(NewThread(consumer.Run, "consumer", index));
        }

        for (int index = 0; index < _options.ProducerCount; index++)
        {
            ConnectProducer(index);
        }
    }

    /// <summary>Starts the consumers and waits until the broker has accepted them all.</summary>
    public void StartConsumers()
    {
        for (int index = 0; index < Consumers.Count; index++)
        {
            Consumers[index].Begin(_options.QueueName(index % _options.QueueCount));
            _consumerThreads[index].Start();
        }

        long start = Stopwatch.GetTimestamp();
        while (_consuming.Exists(consuming => !consuming.IsSet))
        {
            if (Stopwatch.GetElapsedTime(start) > _timeout)
            {
                throw new BenchException($"The broker did not answer basic.consume within {_timeout.TotalSeconds:0.#} s.");
            }

            _control.Sleep(TimeSpan.FromMilliseconds(1));
        }
    }

    /// <summary>Starts the producers.</summary>
    public void StartProducers()
    {
        _readers.ForEach(reader => reader.Start());
        _writers.ForEach(writer => writer.Start());
    }

    /// <summary>Makes the producers stop where they are.</summary>
    public void EndPublishing()
    {
        _control.EndPublishing();
        Array.ForEach(_deliveryGates, gate => gate.Stop());
        _confirmGates.ForEach(gate => gate.Stop());
    }

    /// <summary>Closes the producers' channels: the answer comes when the broker has taken all that was published.</summary>
    public void BeginCloseProducers()
    {
        foreach (AmqpConnection connection in _producerConnections)
        {
            connection.Send(new Protocols.Amqp091.Codec.ChannelClose { ReplyCode = Protocols.Amqp091.Codec.ReplyCode.Success, ReplyText = "published"u8 });
        }
    }

    /// <summary>Whether the producers' connections are closed.</summary>
    public bool AreProducersClosed => _readers.TrueForAll(reader => !reader.IsAlive);

    /// <summary>Lets the consumers settle what they have and close.</summary>
    public void CloseConsumers()
    {
        Consumers.ForEach(consumer => consumer.BeginStop());
        long start = Stopwatch.GetTimestamp();
        foreach (Thread thread in _consumerThreads)
        {
            TimeSpan left = _timeout - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero || !thread.Join(left))
            {
                throw new BenchException($"The broker did not close a consumer's connection within {_timeout.TotalSeconds:0.#} s.");
            }
        }
    }

    /// <summary>What all connections together did so far.</summary>
    public CrewCounts Count()
    {
        var sum = default(CrewCounts);
        foreach (Producer producer in Producers)
        {
            sum = sum with
            {
                Published = sum.Published + producer.Counts.Published,
                Confirmed = sum.Confirmed + producer.Counts.Confirmed,
                Refused = sum.Refused + producer.Counts.Refused,
                LastReplyTicks = Math.Max(sum.LastReplyTicks, producer.Counts.LastTicks),
            };
        }

        foreach (Consumer consumer in Consumers)
        {
            sum = sum with
            {
                Delivered = sum.Delivered + consumer.Counts.Delivered,
                Redelivered = sum.Redelivered + consumer.Counts.Redelivered,
                LastDeliveryTicks = Math.Max(sum.LastDeliveryTicks, consumer.Counts.LastTicks),
            };
        }

        return sum;
    }

    /// <summary>Closes every socket at once, which also ends every thread.</summary>
    public void Dispose()
    {
        EndPublishing();
        _producerConnections.ForEach(connection => connection.Dispose());
        _consumerConnections.ForEach(connection => connection.Dispose());
        long start = Stopwatch.GetTimestamp();
        foreach (Thread thread in _writers.Concat(_readers).Concat(_consumerThreads))
        {
            TimeSpan left = EndTime - Stopwatch.GetElapsedTime(start);
            if (left > TimeSpan.Zero && thread.IsAlive)
            {
                thread.Join(left); // A thread that hangs on is a background thread: it cannot keep the process.
            }
        }
    }

    private static FlowGate[] NewDeliveryGates(AmqpBenchOptions options, LoadShape shape)
    {
        if (options.ProducerCount == 0 || options.ConsumerCount == 0)
        {
            return [];
        }

        // One gate per queue, or one for all when any message may reach any queue.
        bool isShared = options.Routing is RoutingKind.Fanout or RoutingKind.Topic;
        var gates = new FlowGate[isShared ? 1 : options.QueueCount];
        for (int index = 0; index < gates.Length; index++)
        {
            int producers = (options.ProducerCount + gates.Length - 1 - index) / gates.Length;
            long units = (long)shape.DeliveryWindow * Math.Max(1, producers) * options.CopiesPerMessage;
            gates[index] = new FlowGate(units, units / 2);
        }

        return gates;
    }

    private static Thread NewThread(ThreadStart run, string role, int index) =>
        new(run, StackBytes) { IsBackground = true, Name = $"{role} {index}" };

    private FlowGate? GateOf(int index) => _deliveryGates.Length == 0 ? null : _deliveryGates[index % _options.QueueCount % _deliveryGates.Length];

    private void ConnectProducer(int index)
    {
        AmqpConnection connection = AmqpConnection.Open(_options.Target, $"ropeway bench producer {index}", _timeout);
        _producerConnections.Add(connection);
        FlowGate? unconfirmed = null;
        ConfirmTracker? confirms = null;
        if (_options.ConfirmWindow > 0)
        {
            connection.Send(default(Protocols.Amqp091.Codec.ConfirmSelect));
            connection.Expect(Protocols.Amqp091.Codec.MethodId.ConfirmSelectOk);
            unconfirmed = new FlowGate(_options.ConfirmWindow, _shape.BatchCount);
            confirms = new ConfirmTracker(_options.ConfirmWindow);
            _confirmGates.Add(unconfirmed);
        }

        var flow = new ProducerFlow(GateOf(index), unconfirmed, confirms);
        var image = new PublishImage(_options, _shape.RoutingKeys(_options, index), connection.FrameBytesMax);
        var plan = new ProducerPlan(index, _shape.BatchCount, _options.RatePerProducer, ShareOf(index), _options.CopiesPerMessage);
        var producer = new Producer(connection, image, plan, _control, flow);
        var reader = new ReplyReader(connection, _control, flow, producer.Counts);
        Producers.Add(producer);
        Readers.Add(reader);
        _writers.Add(NewThread(producer.Run, "producer", index));
        _readers.Add(NewThread(reader.Run, "replies", index));
    }

    // Part of --count that this producer sends: all of it, to the last message, is shared out.
    private long ShareOf(int index) =>
        (_options.MessageCount / _options.ProducerCount) + (index < _options.MessageCount % _options.ProducerCount ? 1 : 0);
}
