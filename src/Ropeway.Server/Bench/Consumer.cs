using System.Diagnostics;
using System.Text;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Server.Bench;

/// <summary>One consuming connection. Its own thread reads and acknowledges; allocates nothing per message.</summary>
internal sealed class Consumer
{
    private const int AckBytes = MethodFrame.BareBytes + sizeof(ulong) + 1;
    private const int AcksPerSend = 512;

    private readonly AmqpConnection _connection;
    private readonly AmqpBenchOptions _options;
    private readonly RunControl _control;
    private readonly FlowGate? _deliveries;
    private readonly DeliveryReader _reader = new();
    private readonly byte[] _acks = new byte[AckBytes * AcksPerSend];
    private readonly ManualResetEventSlim _consuming;
    private readonly bool _hasTimes;
    private int _ackBytes;
    private long _delivered;
    private long _redelivered;
    private ulong _tagUnsettled;
    private int _unsettledCount;

    /// <summary>Makes a consumer; <see cref="Run"/> is its thread.</summary>
    /// <param name="connection">Its connection.</param>
    /// <param name="options">Prefetch, acknowledgements, verification.</param>
    /// <param name="control">What all threads share.</param>
    /// <param name="deliveries">Window to give back to; null when nobody publishes.</param>
    /// <param name="consuming">Set when the broker has accepted the consumer.</param>
    public Consumer(AmqpConnection connection, AmqpBenchOptions options, RunControl control, FlowGate? deliveries, ManualResetEventSlim consuming)
    {
        _connection = connection;
        _options = options;
        _control = control;
        _deliveries = deliveries;
        _consuming = consuming;
        _hasTimes = options.ProducerCount > 0;
        Latency = new LatencyRecorder(control.Window);
        Verifier = options.Verify ? new DeliveryVerifier() : null;
    }

    /// <summary>What it did so far.</summary>
    public WorkerCounts Counts { get; } = new();

    /// <summary>From the write (or its scheduled moment) to the arrival.</summary>
    public LatencyRecorder Latency { get; }

    /// <summary>Checks bodies; null when the run does not.</summary>
    public DeliveryVerifier? Verifier { get; }

    /// <summary>Asks the broker to deliver. Deliveries may begin before this returns.</summary>
    /// <param name="queue">Name of the queue.</param>
    public void Begin(string queue)
    {
        if (_options.Prefetch > 0)
        {
            _connection.Send(new BasicQos { PrefetchCount = _options.Prefetch });
            _connection.Expect(MethodId.BasicQosOk);
        }

        _connection.Send(new BasicConsume { Queue = Encoding.UTF8.GetBytes(queue), ConsumerTag = "c"u8, NoAck = _options.AckEvery == 0 });
    }

    /// <summary>Asks the broker to stop; the thread then settles what is left and closes the connection. Any thread.</summary>
    public void BeginStop() => _connection.Send(new BasicCancel { ConsumerTag = "c"u8 });

    /// <summary>Reads until the connection is closed.</summary>
    public void Run()
    {
        try
        {
            while (true)
            {
                _connection.Receive();
                if (!TakeAll(Stopwatch.GetTimestamp()))
                {
                    return;
                }
            }
        }
        catch (BenchException fault)
        {
            _control.Fail(fault);
        }
    }

    private bool TakeAll(long nowTicks)
    {
        long before = _delivered;
        while (_connection.TryTake(out FrameHeader header, out ReadOnlySpan<byte> payload))
        {
            switch (_reader.Take(header, payload, out Delivery delivery))
            {
                case DeliveryStep.Delivery:
                    TakeDelivery(delivery, nowTicks);
                    break;
                case DeliveryStep.OtherMethod when !TakeOther(payload):
                    return false;
            }
        }

        SendAcks();
        if (_delivered != before)
        {
            Counts.Delivered = _delivered;
            Counts.Redelivered = _redelivered;
            Counts.LastTicks = nowTicks;
            _deliveries?.Return(_delivered - before);
        }

        return true;
    }

    private void TakeDelivery(in Delivery delivery, long nowTicks)
    {
        _delivered++;
        _redelivered += delivery.IsRedelivered ? 1 : 0;
        if (_hasTimes && delivery.Body.Length >= BodyStamp.TimeBytes)
        {
            Latency.Record(BodyStamp.ReadTicks(delivery.Body), nowTicks);
        }

        Verifier?.Check(delivery.Body);
        if (_options.AckEvery > 0)
        {
            _tagUnsettled = delivery.Tag;
            _unsettledCount++;
            if (_unsettledCount >= _options.AckEvery)
            {
                WriteAck();
            }
        }
    }

    private bool TakeOther(ReadOnlySpan<byte> payload)
    {
        MethodFrame.TrySplit(payload, out MethodId id, out ReadOnlySpan<byte> arguments);
        switch (id)
        {
            case MethodId.BasicConsumeOk:
                _consuming.Set();
                return true;
            case MethodId.BasicCancelOk:
                WriteAck();
                SendAcks();
                _connection.SendClose();
                return true;
            case MethodId.ConnectionCloseOk:
                return false;
            default:
                BrokerReply.ThrowIfClose(id, arguments);
                return true;
        }
    }

    private void WriteAck()
    {
        if (_unsettledCount == 0)
        {
            return;
        }

        var ack = new BasicAck { DeliveryTag = _tagUnsettled, Multiple = _unsettledCount > 1 };
        _ackBytes += ack.Write(_acks.AsSpan(_ackBytes), AmqpConnection.Channel);
        _unsettledCount = 0;
        if (_ackBytes + AckBytes > _acks.Length)
        {
            SendAcks();
        }
    }

    private void SendAcks()
    {
        if (_ackBytes > 0)
        {
            _connection.Send(_acks.AsSpan(0, _ackBytes));
            _ackBytes = 0;
        }
    }
}
