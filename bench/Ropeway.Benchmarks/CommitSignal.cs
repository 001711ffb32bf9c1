using Ropeway.Storage;

namespace Ropeway.Benchmarks;

/// <summary>Lets a benchmark's thread wait for durability. One wait at a time.</summary>
internal sealed class CommitSignal : ICommitWaiter, IDisposable
{
    private readonly SemaphoreSlim _committed = new(0);

    public void OnCommitted(ulong committedIndex) => _committed.Release();

    /// <summary>Returns when the index is on the disk.</summary>
    public void Wait(Store store, ulong index)
    {
        if (store.OnCommitted(index, this))
        {
            _committed.Wait();
        }
    }

    public void Dispose() => _committed.Dispose();
}
