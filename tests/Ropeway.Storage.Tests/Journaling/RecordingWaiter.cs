using Ropeway.Storage.Journaling;

namespace Ropeway.Storage.Tests.Journaling;

/// <summary>Remembers when it was released.</summary>
internal sealed class RecordingWaiter : ICommitWaiter
{
    private readonly List<RecordingWaiter>? _order;
    private readonly Signal _released = new();
    private int _callCount;

    public RecordingWaiter(List<RecordingWaiter>? order = null) => _order = order;

    public int CallCount => Volatile.Read(ref _callCount);

    /// <summary>How often it was told that nobody else waited.</summary>
    public int AloneCount { get; private set; }

    public ulong CommittedIndex { get; private set; }

    public void OnCommitted(ulong committedIndex)
    {
        CommittedIndex = committedIndex;
        Interlocked.Increment(ref _callCount);
        _order?.Add(this);
        _released.Set();
    }

    public void OnCommittedAlone(ulong committedIndex)
    {
        AloneCount++;
        OnCommitted(committedIndex);
    }

    /// <summary>Waits until it was released; fails the test at the deadline.</summary>
    public void Wait() => Assert.True(_released.Wait(Deadline.Milliseconds), "The waiter was not released.");
}
