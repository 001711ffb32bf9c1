using Ropeway.Core.Queues;

namespace Ropeway.Core.Tests.Queues;

/// <summary>A consumer with credit: it takes so many messages; what it settles does not give credit back by itself.</summary>
internal sealed class TestConsumer(Queue queue, RecordingTarget target, int credit, bool settlesOnDelivery = false, bool exclusive = false, string name = "")
    : Consumer(queue, target, settlesOnDelivery, exclusive)
{
    /// <summary>How many more messages it takes. Guarded by the target's gate.</summary>
    public int Credit { get; set; } = credit;

    public string Name { get; } = name;
}
