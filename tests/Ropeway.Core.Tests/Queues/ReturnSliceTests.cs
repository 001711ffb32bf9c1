using System.Diagnostics;
using Ropeway.Core.Queues;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Queues;

/// <summary>Very many deliveries that come back at once: others use the queue meanwhile, and nobody can tell it from one step.</summary>
public sealed class ReturnSliceTests : IDisposable
{
    private const int Count = 5_000;

    private readonly FieldTable _counting = new() { ["x-queue-type"] = "quorum", ["x-delivery-limit"] = 2 };
    private readonly RecordingTarget _first = new();
    private readonly RecordingTarget _second = new();
    private readonly QueueRig _rig;
    private Action? _onChance;

    public ReturnSliceTests() => _rig = new QueueRig(chance: () =>
    {
        _onChance?.Invoke();
        return 0;
    });

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Return_VeryMany_ComeAgainInTheirOrderAndAreCountedOnce()
    {
        Queue queue = Deliver(_rig.Declare(arguments: _counting));
        _rig.Publish(queue, [.. Enumerable.Range(Count, 100).Select(n => $"{n}")]); // Behind them.
        _rig.Consume(queue, _second);
        _second.Expect(100);

        Return(queue);

        RecordedDelivery[] again = _second.Expect(100 + Count)[100..];
        Assert.Equal(Enumerable.Range(0, Count).Select(n => (long)n), again.Select(delivery => delivery.Offset));
        Assert.All(again, delivery => Assert.Equal((true, 1L), (delivery.Redelivered, delivery.DeliveryCount)));
        Assert.Equal((0L, Count + 100L), (queue.MessageCount, queue.UnackedCount));
        Return(queue);
        Assert.All(_second.Expect(100 + Count + Count)[(100 + Count)..], delivery => Assert.Equal(2, delivery.DeliveryCount));
    }

    [Fact]
    public void Return_VeryManyInPieces_AllComeBack()
    {
        Queue queue = Deliver(_rig.Declare(arguments: _counting));
        long[] even = [.. Enumerable.Range(0, Count / 2).Select(n => n * 2L)];

        _rig.Return(queue, even);

        _rig.Consume(queue, _second);
        Assert.Equal(even, _second.Expect(even.Length).Select(delivery => delivery.Offset));
    }

    [Fact]
    public void Return_VeryMany_TakesFewRecordsOfTheJournal()
    {
        Queue queue = Deliver(_rig.Declare(arguments: _counting));
        _rig.WaitDurable();
        ulong before = LastIndex();

        Return(queue);

        Assert.InRange(LastIndex() - before, 1u, (ulong)(Count / 50));
    }

    [Fact]
    public void Return_VeryManyOverTheLimit_TakesFewRecordsOfTheJournal()
    {
        Queue queue = Deliver(_rig.Declare(arguments: new FieldTable { ["x-delivery-limit"] = 0 }));
        _rig.WaitDurable();
        ulong before = LastIndex();

        Return(queue);

        Assert.Equal(0, queue.Log.UnsettledCount);
        Assert.InRange(LastIndex() - before, 1u, (ulong)(Count / 50));
    }

    [Fact]
    public void Return_CrashBehindIt_TheCountsAreThere()
    {
        Queue queue = Deliver(_rig.Declare(arguments: _counting));
        Return(queue);
        LastIndex();

        queue = _rig.Crash();

        _rig.Consume(queue, _second);
        Assert.All(_second.Expect(Count), delivery => Assert.Equal(1, delivery.DeliveryCount));
    }

    [Fact]
    public void Get_WhileMessagesComeBack_IsAskedAgainWhenAllAreThere()
    {
        Queue queue = Deliver(_rig.Declare(arguments: new FieldTable { ["x-delayed-retry-type"] = "all", ["x-delayed-retry-min"] = 3_600_000, ["x-delayed-retry-jitter"] = 10 }));
        _rig.Publish(queue, "behind");
        var outcomes = new List<GetOutcome>();
        using var receiver = new RecordingReceiver();
        _onChance = () =>
        {
            _onChance = null;
            outcomes.Add(queue.TryGet(receiver, settlesOnDelivery: true, out _)); // By the thread that holds the gate.
        };

        Return(queue);

        Assert.Equal([GetOutcome.Later], outcomes);
        Assert.Equal((1, Count), (queue.MessageCount, queue.DelayedCount));
        Assert.Equal("behind", _rig.Expect(queue).Body);
    }

    [Fact]
    public void Return_VeryMany_OthersSeeThemComeBack()
    {
        Queue queue = Deliver(_rig.Declare(arguments: new FieldTable { ["x-queue-type"] = "quorum" }));
        bool isSeen = false;
        var since = Stopwatch.StartNew();
        for (int round = 0; !isSeen && since.Elapsed < RecordingTarget.Deadline; round++) // Whether the watcher runs at that moment is up to the machine.
        {
            using var watcher = new Watcher(queue);
            Return(queue);
            isSeen = watcher.HasSeen;
            _rig.Consume(queue, _second);
            _second.Expect(Count * (round + 1));
        }

        Assert.True(isSeen);
    }

    private Queue Deliver(Queue queue)
    {
        _rig.Publish(queue, [.. Enumerable.Range(0, Count).Select(n => $"{n}")]);
        TestConsumer consumer = _rig.Consume(queue, _first);
        _first.Expect(Count);
        queue.RemoveConsumer(consumer);
        return queue;
    }

    private void Return(Queue queue) => _rig.Return(queue, [.. Enumerable.Range(0, Count).Select(n => (long)n)]);

    /// <summary>The index of a record that is appended now; everything before it is durable then.</summary>
    private ulong LastIndex()
    {
        _rig.Publish(_rig.Find("other"), "next");
        _rig.WaitDurable();
        return _rig.Store.CommittedIndex;
    }

    /// <summary>Asks for the count of delivered messages, until it is neither none nor all.</summary>
    private sealed class Watcher : IDisposable
    {
        private readonly Thread _thread;
        private volatile bool _isOver;

        public Watcher(Queue queue)
        {
            _thread = new Thread(() =>
            {
                while (!_isOver && !HasSeen)
                {
                    HasSeen = queue.UnackedCount is > 0 and < Count;
                }
            });
            _thread.Start();
        }

        public bool HasSeen { get; private set; }

        public void Dispose()
        {
            _isOver = true;
            _thread.Join();
        }
    }
}
