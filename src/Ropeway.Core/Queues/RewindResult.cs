namespace Ropeway.Core.Queues;

/// <summary>What became of a rewind.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Count">Messages that are ready again; when it was refused because of the queue's length: that would have been.</param>
/// <param name="Index">The commit index it is durable at; 0 when nothing had to be written.</param>
public readonly record struct RewindResult(RewindStatus Status, long Count = 0, ulong Index = 0);
