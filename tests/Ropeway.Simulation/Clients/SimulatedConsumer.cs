using Ropeway.Core.Queues;
using Ropeway.Simulation.Model;

namespace Ropeway.Simulation.Clients;

/// <summary>A consumer with credit, and what it holds.</summary>
internal sealed class SimulatedConsumer(Queue queue, SimulatedTarget target, bool settlesOnDelivery, int credit) : Consumer(queue, target, settlesOnDelivery, isExclusive: false)
{
    public int Credit { get; set; } = credit;

    /// <summary>Delivered and not settled, in the order of delivery.</summary>
    public List<ModelMessage> Held { get; } = [];
}
