using Ropeway.Core.Queues;
using Ropeway.Messages;
using Ropeway.Storage;
using Ropeway.Tests;

namespace Ropeway.Core.Tests.Queues;

public sealed class QueueAllocationTests : IDisposable
{
    private const int BatchCount = 100;
    private const int MessagesPerBatch = 100;

    private readonly QueueRig _rig = new();
    private readonly PublishBatch _publishing = new();
    private readonly ResolveBatch _resolving = new();
    private readonly byte[] _source = new byte[100];
    private long _publishedCount;

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public void PublishDeliverAndSettle_InSteadyState_AllocatesNothing(bool durable, bool isKept)
    {
        Queue queue = _rig.Declare(durable: durable, arguments: isKept ? new FieldTable { ["x-ack-retention"] = 3_600_000 } : null);
        var target = new CountingTarget();
        var taker = new CountingConsumer(queue, target);
        Assert.Equal(ConsumerRefusal.None, queue.AddConsumer(taker));
        DispatchBatch dispatch = DispatchBatch.Begin();
        queue.Wake(taker, dispatch);
        dispatch.Flush();

        long least = Allocations.LeastOf(() =>
        {
            for (int i = 0; i < BatchCount; i++)
            {
                RunBatch(queue, target);
            }
        });

        Assert.True(target.SettledCount >= BatchCount * MessagesPerBatch);
        Assert.Equal(0, queue.Log.UnsettledCount);
        Assert.Equal(isKept ? _publishedCount : 0, queue.KeptCount);
        Assert.Equal(0, least);
    }

    [Fact]
    public void PublishToSeveralQueues_OfWhatIsShared_AllocatesNothing()
    {
        Queue[] queues = [.. Enumerable.Range(0, 4).Select(i => _rig.Declare($"q{i}"))];
        byte[] body = new byte[2000];
        long least = Allocations.LeastOf(() =>
        {
            for (int i = 0; i < BatchCount; i++)
            {
                PublishAndSettle(queues, body);
            }
        });
        Assert.Equal(0, least);
    }

    private void PublishAndSettle(Queue[] queues, byte[] body)
    {
        for (int i = 0; i < 10; i++)
        {
            int item = _publishing.Add();
            _publishing[item].Head = new MessageHead(MessageOrigin.Amqp091, MessageFlags.Persistent, 0, 0, 0);
            _publishing[item].BodyBytes = body.Length;
            foreach (Queue queue in queues)
            {
                _publishing.Route(item, queue);
            }
        }

        DispatchBatch dispatch = DispatchBatch.Begin();
        _publishing.Publish(body, dispatch);
        _publishing.Clear();
        dispatch.Flush();
        ulong index = 0;
        foreach (Queue queue in queues)
        {
            lock (queue.Log.Gate)
            {
                index = queue.Log.Settle([new OffsetRange(queue.Log.StartOffset, queue.Log.EndOffset)]);
            }
        }

        AwaitCommit(index);
    }

    private void RunBatch(Queue queue, CountingTarget target)
    {
        for (int i = 0; i < MessagesPerBatch; i++)
        {
            int item = _publishing.Add();
            _publishing[item].Head = new MessageHead(MessageOrigin.Amqp091, MessageFlags.Persistent, 0, 0, 0);
            _publishing[item].BodyBytes = _source.Length;
            _publishing.Route(item, queue);
        }

        DispatchBatch dispatch = DispatchBatch.Begin();
        _publishing.Publish(_source, dispatch);
        _publishing.Clear();
        dispatch.Flush();
        _publishedCount += MessagesPerBatch;
        var spin = default(SpinWait);
        while (target.Count < _publishedCount)
        {
            spin.SpinOnce(); // Now and then the delivery horizon has to be synced first.
        }

        Settle(queue, target);
    }

    /// <summary>Settles what has been delivered, as one read of acknowledgements does.</summary>
    private void Settle(Queue queue, CountingTarget target)
    {
        _resolving.Settle(queue, target.SettledCount, _publishedCount);
        target.SettledCount = _publishedCount;
        DispatchBatch dispatch = DispatchBatch.Begin();
        ulong index = _resolving.Resolve(dispatch);
        dispatch.Flush();
        AwaitCommit(index);
    }

    /// <summary>What is not on the disk yet needs memory, and how much that is depends on the disk.</summary>
    private void AwaitCommit(ulong index)
    {
        var spin = default(SpinWait);
        while (_rig.Store.CommittedIndex < index)
        {
            spin.SpinOnce();
        }
    }

    private sealed class CountingConsumer(Queue queue, DeliveryTarget target) : Consumer(queue, target, settlesOnDelivery: false, isExclusive: false);

    /// <summary>Takes everything; offsets are dense, so that their count says which they are.</summary>
    private sealed class CountingTarget : DeliveryTarget
    {
        private long _count;

        public override Lock Gate { get; } = new();

        public long Count
        {
            get => Volatile.Read(ref _count);
            private set => Volatile.Write(ref _count, value);
        }

        public long SettledCount { get; set; }

        public override DeliveryOutcome Deliver(Consumer consumer, in QueuedMessage message)
        {
            Count = message.Offset == Count ? Count + 1 : throw new InvalidOperationException("Out of order.");
            return DeliveryOutcome.Delivered;
        }

        public override void FlushDeliveries()
        {
        }

        public override void OnQueueGone(Consumer consumer)
        {
        }
    }
}
