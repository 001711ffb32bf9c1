using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// Counts the bytes of the bodies of a queue's ready messages, for queues that limit them. Knows the sizes of delivered messages that
/// may come back. Guarded by the queue's gate.
/// </summary>
/// <remarks>
/// What lay in the queue when the counting began is read once, in slices, from the front; until then no limit holds, so that nothing
/// is dropped that may stay. What had been delivered by then does not count when it comes back, until it is delivered again.
/// </remarks>
/// <param name="queue">The queue; postponed messages count as ready ones.</param>
internal sealed class ReadyBytes(SharedQueue queue) : ILoadWaiter
{
    private const int SliceMax = 256;

    private readonly Dictionary<long, int> _held = [];
    private readonly OffsetSet _uncounted = new(); // Ready messages that came back and whose size is not known.
    private readonly long _scanEnd = queue.Log.EndOffset;
    private long _scanNext = queue.Log.StartOffset;
    private LogReader? _reader;
    private bool _isLoading;
    private volatile bool _loaded;

    /// <summary>Bytes of the ready messages, as far as they are counted.</summary>
    public long Total { get; private set; }

    /// <summary>Whether all are counted.</summary>
    public bool IsComplete => _scanNext >= _scanEnd;

    /// <summary>Bytes of a queue's ready messages, and of those that will be by themselves, for its virtual host: counted from the first call on. Takes the queue's gate.</summary>
    public static long CountForHost(SharedQueue queue)
    {
        lock (queue.Log.Gate)
        {
            if (queue.IsClosed)
            {
                return 0;
            }

            queue.EnsureDepartures().CountForHost(isOn: true);
            return queue.Bytes!.Total;
        }
    }

    /// <summary>The virtual host does not ask for <see cref="CountForHost"/> any more. Takes the queue's gate.</summary>
    public static void StopForHost(SharedQueue queue)
    {
        lock (queue.Log.Gate)
        {
            if (!queue.IsClosed && queue.Bytes is not null)
            {
                queue.EnsureDepartures().CountForHost(isOn: false);
            }
        }
    }

    /// <summary>Messages were appended.</summary>
    public void Add(long bodyBytes) => Total += bodyBytes;

    /// <summary>A message is ready no more.</summary>
    /// <param name="offset">The message.</param>
    /// <param name="bodyBytes">Its size.</param>
    /// <param name="mayReturn">Whether it was delivered and is not settled.</param>
    public void Take(long offset, int bodyBytes, bool mayReturn)
    {
        Total -= IsCounted(offset) && !_uncounted.Remove(offset) ? bodyBytes : 0;
        if (mayReturn)
        {
            _held[offset] = bodyBytes;
        }
    }

    /// <summary>Delivered messages are ready again.</summary>
    public void Return(OffsetRange range)
    {
        for (long offset = range.Start; offset < range.End; offset++)
        {
            if (!IsCounted(offset))
            {
                _held.Remove(offset); // It will be counted where it lies.
            }
            else if (_held.Remove(offset, out int bodyBytes))
            {
                Total += bodyBytes;
            }
            else
            {
                _uncounted.AddRange(offset, offset + 1);
            }
        }
    }

    /// <summary>Delivered messages come back no more.</summary>
    public void Forget(ReadOnlySpan<OffsetRange> ranges)
    {
        foreach (OffsetRange range in ranges)
        {
            for (long offset = range.Start; offset < range.End; offset++)
            {
                _held.Remove(offset);
            }
        }
    }

    /// <summary>No message is ready any more.</summary>
    public void Clear()
    {
        Total = 0;
        _uncounted.Clear();
        _scanNext = _scanEnd;
    }

    /// <summary>Counts the next of the messages that were there before; the queue runs when there is more to count, or when it has been read.</summary>
    public void Scan()
    {
        if (_loaded)
        {
            _loaded = false;
            _isLoading = false;
        }

        if (IsComplete || _isLoading)
        {
            return;
        }

        _reader ??= queue.Log.OpenReader(withBodies: false);
        for (int count = 0; count < SliceMax && !IsComplete; count++)
        {
            ReadStatus status = _reader.TryRead(_scanNext, out RecordView record);
            if (status == ReadStatus.Cold)
            {
                _isLoading = true;
                _reader.Load(_scanNext, this);
                return;
            }

            if (status == ReadStatus.Found && queue.IsWaiting(_scanNext) && QueuedMessage.TryReadContent(record, out StoredMessage message))
            {
                Total += message.BodyBytes;
            }

            _scanNext = status == ReadStatus.Damaged ? _scanEnd : queue.Log.NextUnsettled(_scanNext + 1);
        }

        _reader.Unpin();
        if (IsComplete)
        {
            Close();
        }

        queue.RunSoon();
    }

    /// <summary>Ends reading.</summary>
    public void Close()
    {
        _reader?.Dispose();
        _reader = null;
    }

    void ILoadWaiter.OnLoaded()
    {
        _loaded = true;
        queue.RunSoon();
    }

    private bool IsCounted(long offset) => offset >= _scanEnd || offset < _scanNext;
}
