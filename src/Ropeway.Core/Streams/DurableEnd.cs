using Ropeway.Storage;

namespace Ropeway.Core.Streams;

/// <summary>
/// Follows how far a log is on the disk: readers of a stream see nothing at or above it, so that an offset, once seen, is never given
/// to another message. Guarded by the log's gate.
/// </summary>
/// <param name="end">Everything below it is on the disk already.</param>
/// <param name="onCommitted">Registers a waiter for a commit index; false when it is committed already.</param>
/// <param name="moved">Queued to the thread pool when the end can move; calls <see cref="Roll"/>.</param>
internal sealed class DurableEnd(long end, Func<ulong, ICommitWaiter, bool> onCommitted, IThreadPoolWorkItem moved) : ICommitWaiter
{
    private const int StepCountMax = 8;

    private readonly (long End, ulong Index)[] _steps = new (long, ulong)[StepCountMax]; // On their way to the disk, a ring.
    private int _first;
    private int _count;
    private ulong _committed; // Written by the commit thread.

    /// <summary>Exclusive end of what may be read.</summary>
    public long Value { get; private set; } = end;

    /// <summary>Messages were appended.</summary>
    /// <param name="end">The log's end behind them.</param>
    /// <param name="index">The commit index that they are durable at.</param>
    public void Add(long end, ulong index)
    {
        if (_count == StepCountMax)
        {
            _steps[(_first + _count - 1) % StepCountMax] = (end, index); // Joined with the one before: seen a little later, never too early.
            return;
        }

        _steps[(_first + _count) % StepCountMax] = (end, index);
        _count++;
        if (_count == 1)
        {
            Await();
        }
    }

    /// <summary>Moves the end to where the disk is.</summary>
    public void Roll()
    {
        ulong committed = Volatile.Read(ref _committed);
        if (_count > 0 && _steps[_first].Index <= committed)
        {
            while (_count > 0 && _steps[_first].Index <= committed)
            {
                Take();
            }

            Await();
        }
    }

    void ICommitWaiter.OnCommitted(ulong committedIndex)
    {
        Volatile.Write(ref _committed, committedIndex);
        ThreadPool.UnsafeQueueUserWorkItem(moved, preferLocal: false);
    }

    private void Await()
    {
        while (_count > 0 && !onCommitted(_steps[_first].Index, this))
        {
            Take();
        }
    }

    private void Take()
    {
        Value = _steps[_first].End;
        _first = (_first + 1) % StepCountMax;
        _count--;
    }
}
