namespace Ropeway.Storage.Journaling;

/// <summary>
/// Says when publishers must wait, why, and calls them when they may go on: too many bytes wait for the disk, or only the reserve file is
/// left. It never stops an append: settlements, horizons and metadata go on. Any thread may call it; its lock is innermost.
/// </summary>
internal sealed class Congestion
{
    private const string UnsyncedReason = "The disk is slower than the publishers: too many bytes wait to be synced.";
    private const string FileReason = "The journal waits for its next file.";
    private const string FailedReason = "The store has failed.";

    private readonly Lock _gate = new();
    private readonly JournalFiles _files;
    private readonly long _unsyncedBytesMax;
    private List<ICommitWaiter> _waiters = [];
    private string? _reason;
    private long _checkPosition;

    public Congestion(JournalFiles files, long unsyncedBytesMax)
    {
        _files = files;
        _unsyncedBytesMax = unsyncedBytesMax;
    }

    /// <summary>Why publishers must wait; null when there is room.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    /// <summary>An append that ends at or behind this position calls <see cref="Check"/>.</summary>
    public long CheckPosition => Volatile.Read(ref _checkPosition);

    /// <summary>Calls the waiter once when the congestion ends; never after a failure.</summary>
    /// <returns>False when there is room; the waiter is then not registered.</returns>
    public bool Register(ICommitWaiter waiter)
    {
        lock (_gate)
        {
            if (_reason is not null)
            {
                _waiters.Add(waiter);
            }

            return _reason is not null;
        }
    }

    /// <summary>Begins a congestion if there is one.</summary>
    public void Check(long nextPosition, long durablePosition)
    {
        lock (_gate)
        {
            Set(_reason ?? Describe(nextPosition, durablePosition));
        }
    }

    /// <summary>After a commit or a new file: ends a congestion that is over and calls those who waited. Without locks.</summary>
    public void Refresh(long nextPosition, long durablePosition, ulong committedIndex)
    {
        List<ICommitWaiter> released;
        lock (_gate)
        {
            Volatile.Write(ref _checkPosition, Math.Min(durablePosition + _unsyncedBytesMax, _files.AvailableEnd - _files.FileBytes));
            if (_reason == (object)FailedReason)
            {
                return;
            }

            Set(Describe(nextPosition, durablePosition));
            if (_reason is not null || _waiters.Count == 0)
            {
                return;
            }

            (released, _waiters) = (_waiters, []); // Congestion is rare: allocating here is fine.
        }

        foreach (ICommitWaiter waiter in released)
        {
            waiter.OnCommitted(committedIndex);
        }
    }

    /// <summary>From now on it never ends.</summary>
    public void Fail()
    {
        lock (_gate)
        {
            Set(FailedReason);
            _waiters.Clear();
        }
    }

    private void Set(string? reason)
    {
        Volatile.Write(ref _reason, reason);
        _files.IsUrgent = reason is not null && reason != (object)UnsyncedReason;
    }

    private string? Describe(long nextPosition, long durablePosition)
    {
        long unsyncedBytesMax = _reason == (object)UnsyncedReason ? _unsyncedBytesMax / 2 : _unsyncedBytesMax; // Not on and off with each group.
        if (nextPosition - durablePosition >= unsyncedBytesMax)
        {
            return UnsyncedReason;
        }

        return nextPosition >= _files.AvailableEnd - _files.FileBytes ? _files.Shortage ?? FileReason : null;
    }
}
