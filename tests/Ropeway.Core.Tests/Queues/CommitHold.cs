using Ropeway.Storage;

namespace Ropeway.Core.Tests.Queues;

/// <summary>A disk that takes its time: holds the store's commit thread from its making until it is disposed.</summary>
internal sealed class CommitHold : ICommitWaiter, IDisposable
{
    private readonly ManualResetEventSlim _entered = new();
    private readonly ManualResetEventSlim _released = new();

    public CommitHold(Store store)
    {
        bool registered;
        do
        {
            var nothing = new MetadataBatch();
            nothing.Put("test-hold"u8, []);
            registered = store.OnCommitted(store.Metadata.Apply(nothing), this);
        }
        while (!registered);

        Assert.True(_entered.Wait(RecordingTarget.Deadline));
    }

    public void OnCommitted(ulong committedIndex)
    {
        _entered.Set();
        _released.Wait(RecordingTarget.Deadline);
    }

    public void Dispose() => _released.Set();
}
