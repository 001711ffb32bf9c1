namespace Ropeway.Core.Topology;

/// <summary>Result of deleting a queue.</summary>
/// <param name="MessageCount">Messages that were deleted with it; 0 when there was no such queue.</param>
/// <param name="CommitIndex">The index to wait for before the reply; 0 when nothing was journalled for it.</param>
public readonly record struct DeletedQueue(long MessageCount, ulong CommitIndex);
