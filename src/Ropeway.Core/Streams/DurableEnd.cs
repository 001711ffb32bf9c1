using Ropeway.Storage;

namespace Ropeway.Core.Streams;

/// <summary>
/// Follows how far a log is on the disk: readers of a stream see nothing at or above it, so that an offset, once seen, is never given
/// to another message. Guarded by the log's gate.
/// </summary>
/// <param name="end">Everything below it is on the disk already.</param>
/// <param name="onCommitted">Registers a waiter for a commit index; false when it is committed already.</param>
/// <param name="moved">Has <see cref="Roll"/> called soon, and readers go on. Called on the commit thread when the end can move, and by <see cref="Add"/> when it has moved.</param>
internal sealed class DurableEnd(long end, Func<ulong, ICommitWaiter, bool> onCommitted, Action moved) : ICommitWaiter
{
    private const int StepCountMin = 8;

    private Step[] _steps = new Step[StepCountMin]; // On their way to the disk, a ring.
    private int _first;
    private int _count;
    private bool _isAwaiting; // The first one.
    private ulong _committed; // Written by the commit thread.

    /// <summary>Exclusive end of what may be read.</summary>
    public long Value { get; private set; } = end;

    /// <summary>Messages were appended.</summary>
    /// <param name="end">The log's end behind them.</param>
    /// <param name="index">The commit index that they are durable at, unless they belong to a unit.</param>
    /// <param name="unit">The unit they belong to: they, and all behind them, wait for its end. Or null.</param>
    public void Add(long end, ulong index, AtomicUnit? unit = null)
    {
        if (_count == _steps.Length)
        {
            ref Step last = ref At(_count - 1);
            if (last.Unit == unit)
            {
                last = new Step(end, index, unit); // Joined with the one before: seen a little later, never too early.
                return;
            }

            MakeRoom();
        }

        long before = Value;
        At(_count++) = new Step(end, index, unit);
        Advance();
        if (Value != before)
        {
            moved(); // The disk was faster than this thread: nobody else will say so.
        }
    }

    /// <summary>A unit has ended.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="index">The index that it is durable at; 0 when there is nothing to wait for.</param>
    public void EndUnit(AtomicUnit unit, ulong index)
    {
        for (int place = 0; place < _count; place++)
        {
            ref Step step = ref At(place);
            if (step.Unit == unit)
            {
                step = new Step(step.End, index, Unit: null);
            }
        }

        Advance();
    }

    /// <summary>Moves the end to where the disk is.</summary>
    public void Roll()
    {
        if (_isAwaiting && At(0).Index <= Volatile.Read(ref _committed))
        {
            _isAwaiting = false;
            Advance();
        }
    }

    void ICommitWaiter.OnCommitted(ulong committedIndex)
    {
        Volatile.Write(ref _committed, committedIndex);
        moved();
    }

    /// <summary>Takes all steps that are on the disk, and waits for the next one.</summary>
    private void Advance()
    {
        ulong committed = Volatile.Read(ref _committed);
        while (_count > 0 && !_isAwaiting && At(0).Unit is null)
        {
            if (At(0).Index > committed && onCommitted(At(0).Index, this))
            {
                _isAwaiting = true;
            }
            else
            {
                Value = At(0).End;
                At(0) = default;
                _first = (_first + 1) % _steps.Length;
                _count--;
            }
        }
    }

    private ref Step At(int place) => ref _steps[(_first + place) % _steps.Length];

    private void MakeRoom()
    {
        var larger = new Step[_steps.Length * 2];
        for (int place = 0; place < _count; place++)
        {
            larger[place] = At(place);
        }

        _steps = larger;
        _first = 0;
    }

    private readonly record struct Step(long End, ulong Index, AtomicUnit? Unit);
}
