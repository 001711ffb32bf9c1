using Ropeway.Core.Queues;

namespace Ropeway.Management.Tests;

/// <summary>A consumer that takes nothing.</summary>
internal sealed class FakeConsumer(Queue queue, bool isExclusive = false) : Consumer(queue, new NoTarget(), settlesOnDelivery: false, isExclusive)
{
    private sealed class NoTarget : DeliveryTarget
    {
        public override Lock Gate { get; } = new();

        public override DeliveryOutcome Deliver(Consumer consumer, in QueuedMessage message) => DeliveryOutcome.Refused;

        public override void FlushDeliveries()
        {
        }

        public override void OnQueueGone(Consumer consumer)
        {
        }
    }
}
