using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Queues;
using Ropeway.Core.Timing;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Queues;

/// <summary>Does random things to a queue that keeps what is acknowledged, and to a list that says what it must do. Everything is checked after each step.</summary>
internal sealed class RewindModel : IDisposable
{
    private const int PriorityCount = 3;
    private const long RetentionMs = 20_000;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<Entry> _messages = []; // Not gone, in the order of offsets.
    private readonly SeededNumbers _random;
    private readonly bool _hasPriorities;
    private readonly QueueRig _rig;
    private Queue _queue;

    public RewindModel(int seed)
    {
        _random = new SeededNumbers(seed);
        _hasPriorities = seed % 2 == 0;
        _rig = new QueueRig(new StoreOptions { Directory = string.Empty, JournalFileBytes = 4 << 20, JournalFiles = 3, TailBytesMax = 1 }, _time);
        var arguments = new FieldTable { ["x-ack-retention"] = RetentionMs };
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
            case < 75:
                Resolve();
                break;
            case < 85:
                Rewind();
                break;
            case < 92:
                Advance(_random.Next(1, 300) * Deadlines.TickMs);
                break;
            case < 95:
                _rig.Store.Checkpoint();
                break;
            case < 96:
                Assert.Equal(_messages.RemoveAll(message => message.State == State.Ready), _rig.Purge(_queue));
                break;
            default:
                Restart(isClean: choice < 98);
                break;
        }

        Check();
    }

    private void Publish()
    {
        string letters = string.Concat(Enumerable.Range(0, _random.Next(1, 6)).Select(_ => (char)('a' + _random.Next(PriorityCount))));
        lock (_queue.Log.Gate)
        {
            _messages.AddRange(letters.Select((letter, index) => new Entry(_queue.Log.EndOffset + index, _hasPriorities ? letter - 'a' : 0)));
        }

        _rig.PublishPriorities(_queue, letters);
    }

    private void Get()
    {
        Entry? next = _messages.Where(message => message.State == State.Ready).OrderByDescending(message => message.Priority).ThenBy(message => message.Offset).FirstOrDefault();
        RecordedDelivery? got = _rig.Get(_queue);
        Assert.Equal(next?.Offset, got?.Offset);
        if (next is not null)
        {
            Assert.True(got!.Redelivered || !next.WasDelivered);
            next.WasDelivered = true;
            next.State = State.Held;
        }
    }

    private void Resolve()
    {
        foreach (Entry message in _messages.Where(message => message.State == State.Held && _random.Next(2) == 0).ToArray())
        {
            switch (_random.Next(6))
            {
                case 0:
                    _rig.Return(_queue, message.Offset);
                    message.State = State.Ready;
                    break;
                case 1:
                    _rig.Reject(_queue, message.Offset);
                    _messages.Remove(message);
                    break;
                default:
                    _rig.Ack(_queue, message.Offset);
                    message.State = State.Kept;
                    message.AckedMs = NowMs;
                    break;
            }
        }

        Advance(1_000); // What is acknowledged in one second counts together.
    }

    private void Rewind()
    {
        bool isByTime = _random.Next(2) == 0;
        long wanted = isByTime ? NowMs - _random.Next(25_000) : _messages.Count == 0 ? 0 : _messages[_random.Next(_messages.Count)].Offset;
        List<Entry> expected = _messages.FindAll(message => message.State == State.Kept && (isByTime ? message.AckedMs : message.Offset) >= wanted);

        RewindResult result = ((SharedQueue)_queue).Rewind(isByTime ? RewindStart.Since(wanted) : RewindStart.FromSequence(wanted));

        Assert.Equal((RewindStatus.Done, expected.Count), (result.Status, result.Count));
        _rig.Note(result.Index);
        expected.ForEach(message => message.State = State.Ready);
    }

    private void Restart(bool isClean)
    {
        _rig.Publish(_rig.Find("other"), "x"); // Everything before it in the journal is durable with it.
        _queue = isClean ? _rig.Restart() : _rig.Crash();
        foreach (Entry message in _messages)
        {
            message.State = message.State == State.Kept ? State.Kept : State.Ready;
            message.AckedMs = NowMs;
        }

        Advance(1_000);
    }

    private void Advance(long ms)
    {
        _time.Advance(TimeSpan.FromMilliseconds(ms));
        _messages.RemoveAll(message => message.State == State.Kept && NowMs - message.AckedMs >= RetentionMs);
    }

    private void Check()
    {
        Assert.Equal((CountOf(State.Ready), CountOf(State.Held), CountOf(State.Kept)), (_queue.MessageCount, _queue.UnackedCount, _queue.KeptCount));
        lock (_queue.Log.Gate)
        {
            Assert.Equal(
                _messages.Where(message => message.State == State.Kept).Select(message => message.Offset),
                _queue.Log.KeptRanges(0, long.MaxValue).SelectMany(range => Enumerable.Range((int)range.Start, (int)range.Count).Select(offset => (long)offset)));
        }
    }

    private long CountOf(State state) => _messages.Count(message => message.State == state);

    private enum State
    {
        Ready,
        Held,
        Kept,
    }

    private sealed record Entry(long Offset, int Priority)
    {
        public State State { get; set; }

        public bool WasDelivered { get; set; }

        public long AckedMs { get; set; }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Offset}:{State}{(State == State.Kept ? AckedMs : string.Empty)}");
    }
}
