using Ropeway.Core.Queues;
using Ropeway.Core.Streams;
using Ropeway.Core.Tests.Queues;

namespace Ropeway.Core.Tests.Streams;

public sealed class StreamAllocationTests : IDisposable
{
    private const int MessageCount = 10_000;

    private readonly StreamRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Read_FromTheTail_AllocatesNothingPerMessage()
    {
        _rig.PublishMany(MessageCount, bodyBytes: 20);
        long least = long.MaxValue;
        for (int round = 0; round < 10 && least > 1_000; round++)
        {
            var target = new CountingTarget();
            var reader = new CountingReader(_rig.Stream, target) { Start = StreamStart.First };
            Assert.Equal(ConsumerRefusal.None, _rig.Stream.AddConsumer(reader));
            DispatchBatch dispatch = DispatchBatch.Begin();
            long before = GC.GetAllocatedBytesForCurrentThread();
            while (target.Count < MessageCount)
            {
                target.Credit += 100;
                _rig.Stream.Wake(reader, dispatch);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            dispatch.Flush();
            _rig.Stream.RemoveConsumer(reader);
        }

        Assert.InRange(least, 0, 1_000);
    }

    private sealed class CountingReader(Queue queue, DeliveryTarget target) : Consumer(queue, target, settlesOnDelivery: false, isExclusive: false);

    /// <summary>Takes what it has credit for.</summary>
    private sealed class CountingTarget : DeliveryTarget
    {
        public override Lock Gate { get; } = new();

        public long Count { get; private set; }

        public long Credit { get; set; }

        public override DeliveryOutcome Deliver(Consumer consumer, in QueuedMessage message)
        {
            Count = message.Offset == Count ? Count + 1 : throw new InvalidOperationException("Out of order.");
            return --Credit > 0 ? DeliveryOutcome.Delivered : DeliveryOutcome.DeliveredLast;
        }

        public override void FlushDeliveries()
        {
        }

        public override void OnQueueGone(Consumer consumer)
        {
        }
    }
}
