using Ropeway.Core.Queues;

namespace Ropeway.Core.Tests.Topology;

/// <summary>A connection that takes no message and remembers whose queue went.</summary>
internal sealed class SilentTarget : DeliveryTarget
{
    public override Lock Gate { get; } = new();

    public List<Consumer> Gone { get; } = [];

    public override DeliveryOutcome Deliver(Consumer consumer, in QueuedMessage message) => default;

    public override void FlushDeliveries()
    {
    }

    public override void OnQueueGone(Consumer consumer) => Gone.Add(consumer);

    public Consumer Consume(Queue queue)
    {
        var consumer = new SilentConsumer(queue, this);
        Assert.Equal(ConsumerRefusal.None, queue.AddConsumer(consumer));
        return consumer;
    }

    private sealed class SilentConsumer(Queue queue, SilentTarget target) : Consumer(queue, target, settlesOnDelivery: false, isExclusive: false);
}
