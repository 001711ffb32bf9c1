namespace Ropeway.Core;

/// <summary>A commit as a task; its continuations run on the pool, never on the store's threads.</summary>
internal sealed class CommitTask : IDurabilityWaiter
{
    private readonly TaskCompletionSource _committed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the store calls.</summary>
    public Task Task => _committed.Task;

    /// <inheritdoc/>
    public void OnCommitted(ulong committedIndex) => _committed.TrySetResult();
}
