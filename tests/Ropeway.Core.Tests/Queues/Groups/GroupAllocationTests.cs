using System.Text;
using Ropeway.Core.Queues;
using Ropeway.Messages;
using Ropeway.Tests;

namespace Ropeway.Core.Tests.Queues.Groups;

public sealed class GroupAllocationTests : IDisposable
{
    private const int BatchCount = 50;
    private const int GroupCount = 20;
    private const int MessagesPerBatch = 100;
    private const int Prefetch = 7;

    private readonly QueueRig _rig = new();
    private readonly PublishBatch _publishing = new();
    private readonly ResolveBatch _resolving = new();
    private int _nextGroup;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void PublishParkDeliverAndSettle_InSteadyState_AllocatesNothing()
    {
        Queue queue = _rig.Declare(durable: false, arguments: new FieldTable { ["x-message-groups"] = true });
        HoldingTarget[] targets = [.. Enumerable.Range(0, 3).Select(_ => new HoldingTarget(queue))];
        DispatchBatch dispatch = DispatchBatch.Begin();
        foreach (HoldingTarget target in targets)
        {
            Assert.Equal(ConsumerRefusal.None, queue.AddConsumer(target.Taker));
            queue.Wake(target.Taker, dispatch);
        }

        dispatch.Flush();
        byte[][] sources = [.. Enumerable.Range(0, GroupCount).Select(SourceOf)];

        long least = Allocations.LeastOf(() =>
        {
            for (int i = 0; i < BatchCount; i++)
            {
                RunBatch(queue, targets, sources);
            }
        });

        Assert.True(targets.Sum(target => target.SettledCount) >= BatchCount * MessagesPerBatch);
        Assert.Equal(0, queue.Log.UnsettledCount);
        Assert.Equal(0, least);
    }

    /// <summary>Publishes messages of groups in turn; the consumers then settle what they hold, one after the other, until nothing is left.</summary>
    private void RunBatch(Queue queue, HoldingTarget[] targets, byte[][] sources)
    {
        DispatchBatch dispatch = DispatchBatch.Begin();
        for (int i = 0; i < MessagesPerBatch; i++)
        {
            byte[] source = sources[_nextGroup];
            _nextGroup = (_nextGroup + 1) % GroupCount;
            int item = _publishing.Add();
            _publishing[item].Head = new MessageHead(MessageOrigin.Amqp091, MessageFlags.None, 0, 0, 0);
            _publishing[item].PropertiesBytes = source.Length;
            _publishing.Route(item, queue);
            _publishing.Publish(source, dispatch);
            _publishing.Clear();
        }

        while (queue.Log.UnsettledCount > 0)
        {
            foreach (HoldingTarget target in targets)
            {
                target.Settle(_resolving);
                _resolving.Resolve(dispatch);
            }
        }

        dispatch.Flush();
    }

    private static byte[] SourceOf(int group) => QueueRig.PropertiesOf(new FieldTable { ["n"] = group, ["x-group-id"] = Encoding.ASCII.GetString([(byte)('a' + group)]) }, expirationMs: null);

    /// <summary>A connection that holds so many messages until it is told to settle them.</summary>
    private sealed class HoldingTarget : DeliveryTarget
    {
        private readonly long[] _held = new long[Prefetch];
        private int _heldCount;

        public HoldingTarget(Queue queue) => Taker = new HoldingConsumer(queue, this);

        public override Lock Gate { get; } = new();

        public HoldingConsumer Taker { get; }

        public int SettledCount { get; private set; }

        public void Settle(ResolveBatch resolving)
        {
            foreach (long offset in _held.AsSpan(0, _heldCount))
            {
                resolving.Settle(Taker.Queue, offset, offset + 1);
            }

            SettledCount += _heldCount;
            _heldCount = 0;
            Taker.IsWaiting = false;
            resolving.Wake(Taker);
        }

        public override DeliveryOutcome Deliver(Consumer consumer, in QueuedMessage message)
        {
            _held[_heldCount++] = message.Offset;
            return _heldCount < Prefetch ? DeliveryOutcome.Delivered : DeliveryOutcome.DeliveredLast;
        }

        public override void FlushDeliveries()
        {
        }

        public override void OnQueueGone(Consumer consumer)
        {
        }
    }

    private sealed class HoldingConsumer(Queue queue, DeliveryTarget target) : Consumer(queue, target, settlesOnDelivery: false, isExclusive: false);
}
