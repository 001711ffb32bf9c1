using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Queues;
using Ropeway.Core.Timing;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Queues;

/// <summary>Does random things to a queue that postpones what comes back, and to a list that says what it must do. Everything is checked after each step.</summary>
internal sealed class RetryModel : IDisposable
{
    private const int LimitOfReturns = 4;
    private const int PriorityCount = 3;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<RetriedMessage> _messages = []; // Not settled, in the order of offsets.
    private readonly SeededNumbers _random;
    private readonly RetryRule _rule;
    private readonly bool _hasPriorities;
    private readonly QueueRig _rig;
    private Queue _queue;
    private double _chance;

    public RetryModel(int seed)
    {
        _random = new SeededNumbers(seed);
        _hasPriorities = seed % 2 == 0;
        _rule = new RetryRule((RetryKind)(seed % 3), MinMs: 100, MaxMs: 2_000, Multiplier: seed % 4 == 0 ? null : seed % 4, JitterPercent: seed % 5 == 0 ? 80 : 0);
        _rig = new QueueRig(new StoreOptions { Directory = string.Empty, JournalFileBytes = 4 << 20, JournalFiles = 3, TailBytesMax = 1 }, _time, () => _chance);
        var arguments = new FieldTable
        {
            ["x-delivery-limit"] = LimitOfReturns,
            ["x-delayed-retry-type"] = $"{_rule.Kind}".ToLowerInvariant(),
            ["x-delayed-retry-min"] = _rule.MinMs,
            ["x-delayed-retry-max"] = _rule.MaxMs,
            ["x-delayed-retry-jitter"] = _rule.JitterPercent,
        };
        if (_rule.Multiplier is { } multiplier)
        {
            arguments["x-delayed-retry-multiplier"] = multiplier;
        }

        if (_hasPriorities)
        {
            arguments["x-max-priority"] = PriorityCount - 1;
        }

        _queue = _rig.Declare(arguments: arguments);
    }

    private long NowMs => _rig.Broker.Deadlines.NowMs;

    /// <summary>What happened so far, for the report of a failure.</summary>
    public List<string> Steps { get; } = [];

    public void Dispose() => _rig.Dispose();

    public void Step()
    {
        int choice = _random.Next(100);
        Steps.Add($"{choice} at {NowMs}: {string.Join(' ', _messages)}");
        switch (choice)
        {
            case < 20:
                Publish();
                break;
            case < 55:
                Get();
                break;
            case < 80:
                Resolve();
                break;
            case < 93:
                _time.Advance(TimeSpan.FromMilliseconds(Deadlines.TickMs * _random.Next(1, _random.Next(2) == 0 ? 5 : 100)));
                break;
            case < 95:
                _rig.Store.Checkpoint();
                break;
            case < 96:
                Assert.Equal(_messages.RemoveAll(message => !message.IsHeld), _rig.Purge(_queue));
                break;
            case < 98:
                _queue = _rig.Restart();
                _messages.ForEach(message => message.IsHeld = false);
                break;
            default:
                _rig.Publish(_rig.Find("other"), "x"); // Everything before it in the journal is durable with it.
                _queue = _rig.Crash();
                _messages.ForEach(message => message.IsHeld = false);
                break;
        }

        Check();
    }

    private void Publish()
    {
        string letters = string.Concat(Enumerable.Range(0, _random.Next(1, 6)).Select(_ => (char)('a' + _random.Next(PriorityCount))));
        lock (_queue.Log.Gate)
        {
            _messages.AddRange(letters.Select((letter, index) => new RetriedMessage(_queue.Log.EndOffset + index, _hasPriorities ? letter - 'a' : 0)));
        }

        _rig.PublishPriorities(_queue, letters);
    }

    private void Get()
    {
        RetriedMessage? next = _messages.Where(message => message.IsReadyAt(NowMs)).OrderByDescending(message => message.Priority).ThenBy(message => message.Offset).FirstOrDefault();
        RecordedDelivery? got = _rig.Get(_queue);
        Assert.Equal(next?.Offset, got?.Offset);
        if (next is not null)
        {
            Assert.Equal(next.Count, got!.DeliveryCount);
            Assert.True(got.Redelivered || next.Count == 0);
            next.IsHeld = true;
        }
    }

    private void Resolve()
    {
        _chance = _random.Next(1_000) / 1_000.0;
        foreach (RetriedMessage message in _messages.Where(message => message.IsHeld && _random.Next(2) == 0).ToArray())
        {
            switch (_random.Next(4))
            {
                case 0:
                    _rig.Ack(_queue, message.Offset);
                    _messages.Remove(message);
                    break;
                case 1:
                    _rig.Return(_queue, message.Offset);
                    ComeBack(message, isFailed: false);
                    break;
                default:
                    _rig.Fail(_queue, message.Offset);
                    ComeBack(message, isFailed: true);
                    break;
            }
        }
    }

    private void ComeBack(RetriedMessage message, bool isFailed)
    {
        message.IsHeld = false;
        message.Count++;
        message.DueMs = _rule.Covers(isFailed) ? NowMs + _rule.DelayMs(message.Count, () => _chance) : 0;
        if (message.Count > LimitOfReturns)
        {
            _messages.Remove(message);
        }
    }

    private void Check()
    {
        long nowMs = NowMs;
        (int, int, int) expected = (_messages.Count(message => message.IsReadyAt(nowMs)), _messages.Count(message => message.IsHeld), _messages.Count(message => !message.IsHeld && message.DueMs > nowMs));
        SpinWait.SpinUntil(() => CountsNow() == expected, RecordingTarget.Deadline);
        Assert.Equal(expected, CountsNow());
        Assert.Equal(_messages.Count, _queue.Log.UnsettledCount);
    }

    private (int Ready, int Held, int Delayed) CountsNow() => ((int)_queue.MessageCount, (int)_queue.UnackedCount, (int)_queue.DelayedCount);

    private sealed record RetriedMessage(long Offset, int Priority)
    {
        public bool IsHeld { get; set; }

        public int Count { get; set; }

        public long DueMs { get; set; }

        public bool IsReadyAt(long nowMs) => !IsHeld && DueMs <= nowMs;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Offset}:{(IsHeld ? "held" : DueMs)}");
    }
}
