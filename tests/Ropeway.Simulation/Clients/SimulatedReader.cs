using Ropeway.Core.Queues;
using Ropeway.Simulation.Model;

namespace Ropeway.Simulation.Clients;

/// <summary>A reader of a stream, with credit.</summary>
internal sealed class SimulatedReader(Queue stream, SimulatedTarget target, StreamReading reading, int credit) : Consumer(stream, target, settlesOnDelivery: false, isExclusive: false)
{
    public int Credit { get; set; } = credit;

    /// <summary>What it has got.</summary>
    public StreamReading Reading { get; } = reading;

    /// <summary>The last offset that it has got; -1 for none.</summary>
    public long LastOffset { get; set; } = -1;
}
