using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>Blocks a thread of the store until an index is durable.</summary>
internal sealed class CommitWait : ICommitWaiter
{
    private const int CheckMs = 200;

    private readonly object _gate = new();
    private bool _isDone;

    private CommitWait()
    {
    }

    /// <exception cref="StoreFailedException">The journal has failed: the index will never be durable.</exception>
    public static void Until(StoreSpaces spaces, ulong index)
    {
        CommitWait wait = new();
        Journal journal = spaces.Journal;
        if (!journal.OnCommitted(index, wait))
        {
            return;
        }

        while (spaces.Steps is { } steps && !wait._isDone && journal.Failure is null)
        {
            steps.RunOther();
        }

        lock (wait._gate)
        {
            while (!wait._isDone)
            {
                Monitor.Wait(wait._gate, CheckMs); // A failed journal releases nobody.
                if (!wait._isDone && journal.Failure is { } cause)
                {
                    throw new StoreFailedException(cause);
                }
            }
        }
    }

    public void OnCommitted(ulong committedIndex)
    {
        lock (_gate)
        {
            _isDone = true;
            Monitor.Pulse(_gate);
        }
    }
}
