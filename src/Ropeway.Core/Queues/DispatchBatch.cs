using System.Runtime.InteropServices;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// What one thread does for a batch of messages: which connections it has written to (each is flushed once, at the end) and
/// scratch space. One instance per thread; taken by <see cref="Begin"/>, ended by <see cref="Flush"/>, never nested.
/// </summary>
public sealed class DispatchBatch
{
    [ThreadStatic]
    private static DispatchBatch? _ofThread;

    private static long _lastId;

    private readonly List<DeliveryTarget> _touched = [];
    private readonly List<OffsetMark> _marks = [];
    private OffsetRange[] _settled = new OffsetRange[16];
    private int _settledCount;
    private long _id;

    private DispatchBatch()
    {
    }

    /// <summary>Starts a batch on the calling thread.</summary>
    public static DispatchBatch Begin()
    {
        DispatchBatch batch = _ofThread ??= new DispatchBatch();
        if (batch._id == 0)
        {
            batch._id = Interlocked.Increment(ref _lastId);
        }

        return batch;
    }

    /// <summary>Flushes every connection that was written to. No gate may be held.</summary>
    public void Flush()
    {
        _id = 0;
        for (int i = 0; i < _touched.Count; i++)
        {
            _touched[i].FlushDeliveries();
        }

        _touched.Clear();
    }

    internal void Touch(DeliveryTarget target)
    {
        if (_id == 0 || target.TryTouch(_id)) // 0: another batch of this thread has ended within this one.
        {
            _touched.Add(target);
        }
    }

    /// <summary>Remembers a message that is settled by its delivery, or leaves because it came back too often; neighbours join into one range.</summary>
    internal void AddSettled(long offset)
    {
        if (_settledCount > 0 && _settled[_settledCount - 1].End == offset)
        {
            _settled[_settledCount - 1] = new OffsetRange(_settled[_settledCount - 1].Start, offset + 1);
            return;
        }

        if (_settledCount == _settled.Length)
        {
            Array.Resize(ref _settled, _settled.Length * 2);
        }

        _settled[_settledCount++] = new OffsetRange(offset, offset + 1);
    }

    /// <summary>Remembers a mark of the log whose gate is held.</summary>
    internal void AddMark(long offset, ulong value) => _marks.Add(new OffsetMark(offset, value));

    /// <summary>The marks remembered since the last call; valid until the next <see cref="AddMark"/>.</summary>
    internal ReadOnlySpan<OffsetMark> TakeMarks()
    {
        ReadOnlySpan<OffsetMark> marks = CollectionsMarshal.AsSpan(_marks);
        _marks.Clear();
        return marks;
    }

    /// <summary>The ranges remembered since the last call; valid until the next <see cref="AddSettled"/>.</summary>
    internal ReadOnlySpan<OffsetRange> TakeSettled()
    {
        int count = _settledCount;
        _settledCount = 0;
        return _settled.AsSpan(0, count);
    }
}
