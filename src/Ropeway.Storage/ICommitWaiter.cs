namespace Ropeway.Storage;

/// <summary>Something that waits for durability or for room. Called at most once per registration.</summary>
public interface ICommitWaiter
{
    /// <summary>The awaited index is durable (or there is room again). Runs on the commit thread: it may only queue itself and must not throw.</summary>
    /// <param name="committedIndex">Highest durable index at this moment, inclusive.</param>
    void OnCommitted(ulong committedIndex);

    /// <summary>
    /// The same in place of <see cref="OnCommitted"/>, when little was committed and nobody else waited: what takes microseconds and never waits may be done in
    /// the call, which spares the waiter the way to another thread. Must not throw.
    /// </summary>
    void OnCommittedAlone(ulong committedIndex) => OnCommitted(committedIndex);
}
