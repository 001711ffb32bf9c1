using System.Runtime.InteropServices;

namespace Ropeway.Storage.Journaling;

/// <summary>
/// Who waits for which index. Any thread registers; only the commit thread releases. Two lists are swapped, so that a commit allocates
/// nothing once the lists have grown. Waiters are called in index order, those of one index in the order of registration.
/// </summary>
internal sealed class CommitWaiters
{
    private readonly Lock _gate = new();
    private List<Registration> _arriving = [];
    private List<Registration> _arrived = [];
    private readonly List<Registration> _held = []; // The commit thread's own; sorted.
    private ulong _committedIndex;
    private long _registered;
    private Exception? _failure;

    public CommitWaiters(ulong committedIndex) => _committedIndex = committedIndex;

    public ulong CommittedIndex => Volatile.Read(ref _committedIndex);

    /// <returns>False when the index is committed already.</returns>
    public bool Register(ulong index, ICommitWaiter waiter)
    {
        if (index <= CommittedIndex)
        {
            return false;
        }

        lock (_gate)
        {
            if (index <= _committedIndex)
            {
                return false;
            }

            if (_failure is not null)
            {
                throw new StoreFailedException(_failure);
            }

            _arriving.Add(new Registration(index, _registered++, waiter));
            return true;
        }
    }

    /// <summary>Advances the committed index and calls everybody who waited for it. Commit thread only, without locks.</summary>
    /// <param name="index">Highest durable index, inclusive.</param>
    /// <param name="isTiny">Whether little was committed.</param>
    public void Commit(ulong index, bool isTiny)
    {
        lock (_gate)
        {
            Volatile.Write(ref _committedIndex, index);
            (_arriving, _arrived) = (_arrived, _arriving);
        }

        if (_arrived.Count > 0)
        {
            TakeArrived();
        }

        if (isTiny && _held.Count > 0 && _held[0].Index <= index && (_held.Count == 1 || _held[1].Index > index))
        {
            ICommitWaiter waiter = _held[0].Waiter;
            _held.RemoveAt(0);
            waiter.OnCommittedAlone(index);
            return;
        }

        int released = 0;
        while (released < _held.Count && _held[released].Index <= index)
        {
            _held[released].Waiter.OnCommitted(index);
            released++;
        }

        _held.RemoveRange(0, released);
    }

    /// <summary>Releases nobody any more; later registrations get the cause.</summary>
    public void Fail(Exception cause)
    {
        lock (_gate)
        {
            _failure ??= cause;
            _arriving.Clear();
        }
    }

    private void TakeArrived()
    {
        bool isSorted = true;
        foreach (Registration registration in _arrived)
        {
            isSorted &= _held.Count == 0 || _held[^1].Index <= registration.Index;
            _held.Add(registration);
        }

        _arrived.Clear();
        if (!isSorted)
        {
            CollectionsMarshal.AsSpan(_held).Sort(Registration.ByIndexThenArrival);
        }
    }

    private readonly record struct Registration(ulong Index, long Sequence, ICommitWaiter Waiter)
    {
        public static readonly Comparison<Registration> ByIndexThenArrival = static (a, b) =>
            a.Index != b.Index ? a.Index.CompareTo(b.Index) : a.Sequence.CompareTo(b.Sequence);
    }
}
