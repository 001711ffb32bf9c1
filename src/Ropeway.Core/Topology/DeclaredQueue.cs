using Ropeway.Core.Queues;

namespace Ropeway.Core.Topology;

/// <summary>Result of declaring or looking up a queue.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Created">False when it was there before.</param>
/// <param name="CommitIndex">The index to wait for before the reply; 0 when nothing was journalled for it.</param>
public readonly record struct DeclaredQueue(Queue Queue, bool Created, ulong CommitIndex);
