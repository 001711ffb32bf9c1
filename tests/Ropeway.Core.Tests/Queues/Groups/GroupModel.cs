using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Queues;
using Ropeway.Core.Timing;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Queues.Groups;

/// <summary>
/// Does random things to a queue whose messages have groups, and to a list that says what it may do: each delivery is checked when it
/// happens, and after each step that nothing is left undelivered that somebody could have.
/// </summary>
internal sealed class GroupModel : IDisposable
{
    private const int GroupCount = 5;
    private const int LimitOfReturns = 4;
    private const int PriorityCount = 3;
    private const int RetryMs = 200;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly Lock _gate = new(); // Deliveries come on any thread.
    private readonly List<GroupedMessage> _messages = []; // Not settled.
    private readonly List<TestConsumer> _consumers = [];
    private readonly List<string> _faults = [];
    private readonly SeededNumbers _random;
    private readonly bool _hasPriorities;
    private readonly bool _retries;
    private readonly QueueRig _rig;
    private Queue _queue;
    private int _lastNumber;

    public GroupModel(int seed)
    {
        _random = new SeededNumbers(seed);
        _hasPriorities = seed % 2 == 0;
        _retries = seed % 4 > 1;
        _rig = new QueueRig(new StoreOptions { Directory = string.Empty, JournalFileBytes = 4 << 20, JournalFiles = 3, TailBytesMax = 1 }, _time);
        var arguments = new FieldTable { ["x-message-groups"] = true };
        if (_retries)
        {
            arguments["x-delivery-limit"] = LimitOfReturns;
            arguments["x-delayed-retry-type"] = "failed";
            arguments["x-delayed-retry-min"] = RetryMs;
        }

        if (_hasPriorities)
        {
            arguments["x-max-priority"] = PriorityCount - 1;
        }

        _queue = _rig.Declare(arguments: arguments);
    }

    /// <summary>What happened so far, for the report of a failure.</summary>
    public List<string> Steps { get; } = [];

    private long NowMs => _rig.Broker.Deadlines.NowMs;

    public void Dispose() => _rig.Dispose();

    public void Step()
    {
        int choice = _random.Next(100);
        Note($"{choice}");
        switch (choice)
        {
            case < 25:
                Publish();
                break;
            case < 35:
                Get(noAck: _random.Next(3) == 0);
                break;
            case < 65:
                Resolve();
                break;
            case < 75:
                Grant();
                break;
            case < 82:
                Consume();
                break;
            case < 87:
                Leave(takesBack: _random.Next(2) == 0);
                break;
            case < 94:
                _time.Advance(TimeSpan.FromMilliseconds(Deadlines.TickMs * _random.Next(1, 20)));
                break;
            case < 96:
                _rig.Store.Checkpoint();
                break;
            case < 97:
                Purge();
                break;
            default:
                Restart(crashes: choice == 99);
                break;
        }

        Check();
    }

    /// <summary>Consumers with endless credit settle everything: nothing may stay.</summary>
    public void Drain()
    {
        Note("drain");
        Consume(credit: int.MaxValue);
        Check();
        while (_messages.Count > 0)
        {
            long[] held;
            lock (_gate)
            {
                held = [.. _messages.Where(message => message.IsHeld).Select(message => message.Offset)];
                _messages.RemoveAll(message => message.IsHeld);
            }

            _rig.Ack(_queue, held);
            _time.Advance(TimeSpan.FromMilliseconds(RetryMs));
            Check();
        }

        Assert.Equal(0, _queue.Log.UnsettledCount);
    }

    private void Publish()
    {
        string words;
        lock (_gate)
        {
            GroupedMessage[] added = [.. Enumerable.Range(0, _random.Next(1, 8)).Select(index => NewMessage(_queue.Log.EndOffset + index))];
            _messages.AddRange(added);
            words = string.Join(' ', added.Select(message => $"{message.Body}:{message.Priority}"));
        }

        _rig.PublishGroups(_queue, words);
    }

    private GroupedMessage NewMessage(long offset)
    {
        int group = _random.Next(GroupCount + 1);
        string? name = group == GroupCount ? null : $"{(char)('a' + group)}";
        return new GroupedMessage(offset, $"{name ?? "-"}{++_lastNumber}", name, _hasPriorities ? _random.Next(PriorityCount) : 0);
    }

    private void Get(bool noAck)
    {
        GroupedMessage? next = Free().MinBy(message => ((PriorityCount - message.Priority) << 20) + message.Offset);
        RecordedDelivery? got = _rig.Get(_queue, noAck);
        Assert.Equal(next?.Body, got?.Body);
        if (next is not null)
        {
            Deliver(next, got!, holder: null, settles: noAck);
        }
    }

    private void Consume() => Consume(_random.Next(4));

    private void Consume(int credit)
    {
        var target = new RecordingTarget { OnDelivery = OnDelivery };
        bool noAck = _random.Next(6) == 0;
        string name = $"c{++_lastNumber}";
        _consumers.Add(_rig.Consume(_queue, target, credit, noAck, name, priority: _random.Next(4) == 0 ? 1 : 0));
    }

    /// <summary>A consumer is cancelled; or its channel ends, and with it what it holds comes back.</summary>
    private void Leave(bool takesBack)
    {
        if (_consumers.Count == 0)
        {
            return;
        }

        TestConsumer consumer = _consumers[_random.Next(_consumers.Count)];
        _consumers.Remove(consumer);
        _queue.RemoveConsumer(consumer);
        if (takesBack)
        {
            long[] held;
            lock (_gate)
            {
                GroupedMessage[] returned = [.. _messages.Where(message => message.IsHeld && message.Holder == consumer)];
                Array.ForEach(returned, message => ComeBack(message, _retries));
                held = [.. returned.Select(message => message.Offset)];
            }

            _rig.Fail(_queue, held);
        }
    }

    private void Grant()
    {
        if (_consumers.Count > 0)
        {
            _rig.Grant(_random.Next(1, 4), _consumers[_random.Next(_consumers.Count)]);
        }
    }

    private void Resolve()
    {
        _rig.Fail(_queue, TakeHeld(message => ComeBack(message, isPostponed: _retries)));
        _rig.Reject(_queue, TakeHeld(message => _messages.Remove(message)));
        _rig.Resolve(
            [.. TakeHeld(message => _messages.Remove(message)).Select(offset => (_queue, offset))],
            [.. TakeHeld(message => ComeBack(message, isPostponed: false)).Select(offset => (_queue, offset))],
            credit: 1,
            [.. _consumers.Where(_ => _random.Next(3) == 0)]);
    }

    /// <summary>Does the same to some of the held messages.</summary>
    private long[] TakeHeld(Action<GroupedMessage> resolve)
    {
        lock (_gate)
        {
            GroupedMessage[] taken = [.. _messages.Where(message => message.IsHeld && _random.Next(4) == 0)];
            Array.ForEach(taken, resolve);
            return [.. taken.Select(message => message.Offset)];
        }
    }

    private void ComeBack(GroupedMessage message, bool isPostponed)
    {
        message.IsHeld = false;
        message.Count++;
        message.DueMs = isPostponed ? NowMs + RetryMs : 0;
        if (_retries && message.Count > LimitOfReturns)
        {
            _messages.Remove(message);
        }
    }

    private void Purge()
    {
        long expected;
        lock (_gate)
        {
            expected = _messages.RemoveAll(message => !message.IsHeld);
        }

        Assert.Equal(expected, _rig.Purge(_queue));
    }

    private void Restart(bool crashes)
    {
        _consumers.Clear();
        _rig.Publish(_rig.Find("other"), "x"); // Everything before it in the journal is durable with it.
        _queue = crashes ? _rig.Crash() : _rig.Restart();
        foreach (GroupedMessage message in _messages)
        {
            message.IsFlagged = message.IsFlagged == true || message.IsHeld ? true : null;
            message.IsHeld = false;
        }
    }

    /// <summary>Under all gates.</summary>
    private void OnDelivery(RecordedDelivery delivery)
    {
        lock (_gate)
        {
            if (_messages.Find(other => other.Offset == delivery.Offset) is { IsHeld: false } message)
            {
                Deliver(message, delivery, delivery.Consumer, delivery.Consumer!.SettlesOnDelivery);
            }
            else
            {
                _faults.Add($"{delivery.Body} was not ready.");
            }
        }
    }

    /// <summary>A message is delivered: it has to be one that its receiver may have, and the first of these.</summary>
    private void Deliver(GroupedMessage message, RecordedDelivery delivery, TestConsumer? holder, bool settles)
    {
        long nowMs = NowMs;
        foreach (GroupedMessage other in _messages.Where(other => other != message))
        {
            bool isOfGroup = message.Group is not null && other.Group == message.Group;
            if (isOfGroup && other.IsHeld && (other.Holder != holder || holder is null))
            {
                _faults.Add($"{message} went to {holder?.Name}, but {other} is held.");
            }
            else if (isOfGroup && other.IsPostponedAt(nowMs))
            {
                _faults.Add($"{message} was delivered, but {other} is postponed.");
            }
            else if (!other.IsHeld && other.IsBefore(message) && (isOfGroup || (other.DueMs == 0 && MayHave(other, holder, nowMs))))
            {
                _faults.Add($"{message} was delivered to {holder?.Name} before {other}.");
            }
        }

        if (message.IsFlagged is { } isFlagged && isFlagged != delivery.Redelivered)
        {
            _faults.Add($"{message} is flagged: {delivery.Redelivered}.");
        }

        if (message.Body != delivery.Body)
        {
            _faults.Add($"{message} came as {delivery.Body}.");
        }

        message.IsHeld = !settles;
        message.Holder = holder;
        message.IsFlagged = true;
        message.DueMs = 0;
        if (settles)
        {
            _messages.Remove(message);
        }
    }

    /// <summary>Whether a ready message may go to a consumer, or to somebody who is none: it is the first of its group, and nobody else holds one.</summary>
    private bool MayHave(GroupedMessage message, TestConsumer? receiver, long nowMs) => message.Group is null || _messages.All(other =>
        other.Group != message.Group || other == message
        || (other.IsHeld ? receiver is not null && other.Holder == receiver : !other.IsPostponedAt(nowMs) && !other.IsBefore(message)));

    private List<GroupedMessage> Free()
    {
        lock (_gate)
        {
            long nowMs = NowMs;
            return [.. _messages.Where(message => message.IsReadyAt(nowMs) && MayHave(message, receiver: null, nowMs))];
        }
    }

    private void Check()
    {
        string? problem = null;
        SpinWait.SpinUntil(() => (problem = FindProblem()) is null || _faults.Count > 0, RecordingTarget.Deadline);
        lock (_gate)
        {
            Assert.Empty(_faults);
        }

        Assert.Null(problem);
        Assert.Equal(_messages.Count, _queue.Log.UnsettledCount);
    }

    private string? FindProblem()
    {
        (long, long, long) counts;
        lock (_queue.Log.Gate)
        {
            counts = (_queue.MessageCount, _queue.UnackedCount, _queue.DelayedCount);
        }

        lock (_gate)
        {
            long nowMs = NowMs;
            GroupedMessage[] ready = [.. _messages.Where(message => message.IsReadyAt(nowMs))];
            (long, long, long) expected = (ready.Length, _messages.Count(message => message.IsHeld), _messages.Count(message => message.IsPostponedAt(nowMs)));
            GroupedMessage? left = Array.Find(ready, message => _consumers.Exists(consumer => consumer.Credit > 0 && MayHave(message, consumer, nowMs)));
            return left is not null ? $"{left} is not delivered." : counts == expected ? null : $"{counts} in place of {expected}.";
        }
    }

    private void Note(string step)
    {
        lock (_gate)
        {
            Steps.Add($"{step} at {NowMs}: {string.Join(' ', _messages)} for {string.Join(' ', _consumers.Select(consumer => $"{consumer.Name}+{consumer.Credit}"))}");
        }
    }
}
