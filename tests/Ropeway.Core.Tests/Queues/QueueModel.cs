using System.Globalization;
using Ropeway.Core.Queues;

namespace Ropeway.Core.Tests.Queues;

/// <summary>
/// Does random things to a durable queue and to a list that says what the queue must do. Consumers share one target, so that
/// their deliveries have one order. Everything is checked after each step.
/// </summary>
internal sealed class QueueModel : IDisposable
{
    private readonly QueueRig _rig;
    private readonly SeededNumbers _random;
    private readonly List<ModelMessage> _messages = []; // Neither settled nor lost, in the order of offsets.
    private readonly List<TestConsumer> _consumers = [];
    private RecordingTarget _target = new();
    private Queue _queue;
    private int _deliveryCount;
    private long _offsetMin;
    private int _number;

    public QueueModel(int seed, QueueRig rig)
    {
        _random = new SeededNumbers(seed);
        _rig = rig;
        _queue = rig.Declare();
    }

    /// <summary>What happened so far, for the report of a failure.</summary>
    public List<string> Steps { get; } = [];

    public void Dispose() => _rig.Dispose();

    public async Task StepAsync()
    {
        int choice = _random.Next(100);
        Steps.Add($"{choice}: {_messages.Count} messages, {_messages.Count(message => message.IsHeld)} held, {_consumers.Count} consumers");
        switch (choice)
        {
            case < 30:
                Publish();
                break;
            case < 35:
                await PublishExternalAsync();
                break;
            case < 50:
                Resolve();
                break;
            case < 65:
                Grant();
                break;
            case < 72:
                Get();
                break;
            case < 78:
                AddConsumer();
                break;
            case < 81:
                RemoveConsumer();
                break;
            case < 83:
                Purge();
                break;
            case < 88:
                _rig.Store.Checkpoint();
                break;
            case < 93:
                _queue = _rig.Restart();
                AfterRestart(isExact: true);
                break;
            case < 97:
                _queue = _rig.Crash();
                AfterRestart(isExact: false);
                break;
            default:
                PublishMany();
                break;
        }

        Check();
    }

    private void Publish() => Publish(_random.Next(1, 8), bytesMax: _random.Next(20) == 0 ? 60_000 : 500);

    private void PublishMany() => Publish(300, bytesMax: 4_000);

    private void Publish(int count, int bytesMax)
    {
        long first = FirstNewOffset();
        var added = new (string Body, bool Persistent)[count];
        for (int i = 0; i < count; i++)
        {
            added[i] = (NewBody(bytesMax), _random.Next(4) > 0);
            _messages.Add(new ModelMessage(first + i, added[i].Body, added[i].Persistent));
        }

        Assert.True(_rig.Publish(_queue, added));
    }

    private async Task PublishExternalAsync()
    {
        string body = NewBody(5_000);
        bool persistent = _random.Next(4) > 0;
        _messages.Add(new ModelMessage(FirstNewOffset(), body, persistent));
        await _rig.PublishExternalAsync(_queue, body, persistent);
    }

    private void Resolve()
    {
        var settled = new List<(Queue, long)>();
        var returned = new List<(Queue, long)>();
        foreach (ModelMessage message in _messages.Where(message => message.IsHeld).ToArray())
        {
            switch (_random.Next(3))
            {
                case 0:
                    settled.Add((_queue, message.Offset));
                    _messages.Remove(message);
                    break;
                case 1:
                    returned.Add((_queue, message.Offset));
                    message.IsHeld = false;
                    break;
            }
        }

        Expected expected = Expect();
        _rig.Resolve([.. settled], [.. returned], 0, []);
        Receive(expected);
    }

    private void Grant()
    {
        TestConsumer[] chosen = [.. _consumers.Where(_ => _random.Next(2) == 0)];
        _rig.Grant(_random.Next(1, _random.Next(2) == 0 ? 5 : 400), chosen);
    }

    private void Get()
    {
        Receive(Expect()); // Nobody has credit left, or nothing is ready.
        bool noAck = _random.Next(2) == 0;
        ModelMessage? next = _messages.FirstOrDefault(message => !message.IsHeld);
        RecordedDelivery? got = _rig.Get(_queue, noAck);
        Assert.Equal(next is null, got is null);
        if (next is null)
        {
            return;
        }

        Deliver(next, got!);
        if (noAck)
        {
            _messages.Remove(next);
        }
    }

    private void AddConsumer()
    {
        if (_consumers.Count < 4)
        {
            _consumers.Add(_rig.Consume(_queue, _target, credit: _random.Next(1, 20)));
        }
    }

    private void RemoveConsumer()
    {
        if (_consumers.Count > 0)
        {
            Receive(Expect()); // What is under way to it would go to another.
            TestConsumer gone = _consumers[_random.Next(_consumers.Count)];
            _consumers.Remove(gone);
            Assert.Equal(_consumers.Count == 0, _queue.RemoveConsumer(gone));
        }
    }

    private void Purge()
    {
        Receive(Expect());
        Assert.Equal(_messages.Count(message => !message.IsHeld), _rig.Purge(_queue));
        _messages.RemoveAll(message => !message.IsHeld);
    }

    private void AfterRestart(bool isExact)
    {
        _messages.RemoveAll(message => !message.Persistent);
        foreach (ModelMessage message in _messages)
        {
            message.IsHeld = false;
            message.MayBeFlagged = !isExact || message.MayBeFlagged;
        }

        _consumers.Clear();
        _target = new RecordingTarget();
        _deliveryCount = 0;
    }

    /// <summary>Waits until the queue has delivered what the model says, and compares.</summary>
    private void Check()
    {
        Receive(Expect());
        Assert.Equal(_messages.Count, _queue.Log.UnsettledCount);
        Assert.Equal(_messages.Count(message => message.IsHeld), _queue.UnackedCount);
        Assert.Equal(_messages.Count(message => !message.IsHeld), _queue.MessageCount);
        Assert.Equal(_consumers.Count, _queue.ConsumerCount);
    }

    private Expected Expect()
    {
        int credit;
        lock (_target.Gate)
        {
            credit = _consumers.Sum(consumer => consumer.Credit) + _target.Deliveries.Length - _deliveryCount;
        }

        return new Expected([.. _messages.Where(message => !message.IsHeld).Take(credit)]);
    }

    private void Receive(Expected expected)
    {
        RecordedDelivery[] deliveries = _target.Expect(_deliveryCount + expected.Messages.Length)[_deliveryCount..];
        _deliveryCount += deliveries.Length;
        for (int i = 0; i < deliveries.Length; i++)
        {
            Deliver(expected.Messages[i], deliveries[i]);
        }
    }

    private void Deliver(ModelMessage message, RecordedDelivery delivery)
    {
        Assert.Equal(message.Offset, delivery.Offset);
        Assert.Equal(message.Body, delivery.Body);
        Assert.True(delivery.Redelivered || !message.WasDelivered, $"Offset {message.Offset} was delivered before and is not flagged.");
        Assert.True(!delivery.Redelivered || message.WasDelivered || message.MayBeFlagged, $"Offset {message.Offset} is flagged and was never delivered.");
        message.IsHeld = true;
        message.WasDelivered = true;
        _offsetMin = Math.Max(_offsetMin, message.Offset + 1);
    }

    private long FirstNewOffset()
    {
        lock (_queue.Log.Gate)
        {
            long offset = _queue.Log.EndOffset;
            Assert.True(offset >= _offsetMin, $"Offset {offset} was seen before.");
            return offset;
        }
    }

    private string NewBody(int bytesMax) =>
        (_number++).ToString(CultureInfo.InvariantCulture) + new string((char)('a' + (_number % 26)), _random.Next(bytesMax));

    private readonly record struct Expected(ModelMessage[] Messages);
}
