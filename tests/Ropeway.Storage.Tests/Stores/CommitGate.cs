namespace Ropeway.Storage.Tests.Stores;

/// <summary>Waits for an index.</summary>
internal sealed class CommitGate : ICommitWaiter, IDisposable
{
    private readonly ManualResetEventSlim _committed = new();

    public static void Wait(Store store, ulong index)
    {
        CommitGate gate = new();
        if (store.OnCommitted(index, gate))
        {
            Assert.True(gate._committed.Wait(Deadline.Milliseconds), "The index was not committed.");
        }
    }

    public void Wait() => Assert.True(_committed.Wait(Deadline.Milliseconds), "The waiter was not called.");

    public void OnCommitted(ulong committedIndex) => _committed.Set();

    public void Dispose() => _committed.Dispose();
}
