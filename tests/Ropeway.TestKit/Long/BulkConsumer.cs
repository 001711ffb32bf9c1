using System.Diagnostics;
using Ropeway.TestKit.History;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Long;

/// <summary>Takes one producer's messages, and throws unless they come intact, unflagged, and one after the other.</summary>
internal sealed class BulkConsumer : IWireEvents, IDisposable
{
    private const ushort Channel = 1;
    private const ushort Prefetch = 2000;
    private const int AckEvery = 500;

    private readonly WireConnection _connection;
    private readonly int _producer;
    private readonly string _queue;
    private ulong _lastTag;
    private ulong _ackedTag;
    private readonly bool _allowsFlags;
    private string? _fault;

    public BulkConsumer(BrokerEndpoint endpoint, string queue, int producer, bool allowsFlags = false)
    {
        _queue = queue;
        _producer = producer;
        _allowsFlags = allowsFlags;
        _connection = WireConnection.Open(endpoint, this);
        _connection.OpenChannel(Channel);
        _connection.SetPrefetch(Channel, Prefetch);
        _connection.Consume(Channel, queue, "");
    }

    /// <summary>The sequence that must come next.</summary>
    public long NextSequence { get; private set; }

    /// <summary>Octets of bodies received.</summary>
    public long ReceivedBytes { get; private set; }

    public void OnMessage(in WireDelivery delivery)
    {
        if (!MessageBody.TryRead(delivery.Body, out int producer, out long sequence))
        {
            _fault ??= $"A body of {delivery.Body.Length} octets is damaged where sequence {NextSequence} was expected.";
        }
        else if (producer != _producer || sequence != NextSequence)
        {
            _fault ??= $"Sequence {sequence} of producer {producer} came where {NextSequence} of {_producer} was expected.";
        }
        else if (delivery.IsRedelivered && !_allowsFlags)
        {
            _fault ??= $"Sequence {sequence} is flagged as redelivered, and nobody had it before.";
        }

        NextSequence++;
        ReceivedBytes += delivery.Body.Length;
        _lastTag = delivery.Tag;
        if (_lastTag - _ackedTag >= AckEvery)
        {
            AckAll();
        }
    }

    public void OnConfirm(WireConfirm confirm)
    {
        // It publishes nothing.
    }

    /// <summary>Handles what is there, or waits a moment for it.</summary>
    public bool Advance(int timeoutMs)
    {
        bool any = _connection.Pump(timeoutMs);
        if (!any)
        {
            AckAll();
        }

        _connection.Flush();
        return _fault is null ? any : throw new InvalidOperationException(_fault);
    }

    /// <summary>Consumes until a number of messages has come.</summary>
    public void AdvanceTo(long sequenceEnd)
    {
        long started = Stopwatch.GetTimestamp();
        while (NextSequence < sequenceEnd)
        {
            if (Advance(1000))
            {
                started = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(started) > 4 * TestDeadline.Value)
            {
                throw new TimeoutException($"Nothing comes after sequence {NextSequence} of {sequenceEnd}.");
            }
        }
    }

    /// <summary>Acknowledges everything and waits until that is durable.</summary>
    public void Settle()
    {
        AckAll();
        _connection.SetPrefetch(Channel, Prefetch);
    }

    /// <summary>Acknowledges everything, and sees that the queue is empty.</summary>
    public void Finish()
    {
        Settle();
        uint left = _connection.DeclareQueue(Channel, _queue, isPassive: true);
        if (left != 0)
        {
            throw new InvalidOperationException($"{left} messages are left.");
        }

        _connection.Close();
    }

    public void Dispose() => _connection.Dispose();

    private void AckAll()
    {
        if (_lastTag > _ackedTag)
        {
            _ackedTag = _lastTag;
            _connection.Ack(Channel, _lastTag, isMultiple: true);
        }
    }
}
