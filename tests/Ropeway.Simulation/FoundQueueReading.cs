using Ropeway.Core.Queues;

namespace Ropeway.Simulation;

/// <summary>A queue whose messages are to be read.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="IsBound">Whether it is bound to the fanout exchange.</param>
internal sealed record FoundQueueReading(Queue Queue, bool IsBound);
