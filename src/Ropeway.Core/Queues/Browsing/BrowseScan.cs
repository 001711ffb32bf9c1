using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Queues.Browsing;

/// <summary>
/// One look through a queue, slice by slice: the queue's gate is held for a slice and left in between. Upwards in one go; downwards in
/// windows, each read upwards, because that is how the store reads well. Owned by one caller.
/// </summary>
internal sealed class BrowseScan : IDisposable
{
    private const int SliceCountMax = 64;
    private const int SliceBytesMax = 256 * 1024;
    private const int WindowCountMax = 64;

    private readonly Queue _queue;
    private readonly BrowseRequest _request;
    private readonly BrowseReader _reader;
    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private readonly OffsetRange[]? _within; // Where the set lies, ascending, when that is known; else it is looked for everywhere.
    private readonly List<BrowsedMessage> _messages = [];
    private readonly List<BrowsedMessage> _window = []; // What a window has, ascending.
    private readonly long _first;
    private readonly long _start;
    private readonly long _end;
    private readonly long _total;
    private long _low; // The window,
    private long _high;
    private long _at; // and what is looked at next in it.
    private long _scannedCount;
    private long _scannedBytes;
    private long? _next;
    private bool _isOver;

    /// <summary>Begins. Takes the queue's gate.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="request">What is wanted; its start is a sequence.</param>
    /// <param name="time">The clock.</param>
    public BrowseScan(Queue queue, BrowseRequest request, TimeProvider time)
    {
        _queue = queue;
        _request = request;
        _time = time;
        _startedAt = time.GetTimestamp();
        _reader = new BrowseReader(queue.Log, request.Filter is { ReadsBodies: true });
        lock (queue.Log.Gate)
        {
            _end = queue.ReadableEnd;
            _total = new BrowseView(queue).CountOf(request.Set);
            _within = request.Set switch
            {
                BrowseSet.Held => [.. request.Held.Select(held => new OffsetRange(held.Start, held.End)).OrderBy(range => range.Start)],
                BrowseSet.Delayed => (queue as SharedQueue)?.Postponed?.Ranges() ?? [],
                _ => null,
            };
            _first = queue.Log.StartOffset;
            _start = Math.Clamp(request.Start.Sequence!.Value, _first, Math.Max(_end - (request.IsBackward ? 1 : 0), _first));
            if (!request.IsBackward)
            {
                (_low, _high, _at) = (_start, _end, _start);
            }
            else if (!TryOpenWindow(Math.Min(_start + 1, _end)))
            {
                _isOver = true;
            }
        }
    }

    /// <summary>Completes when it can go on.</summary>
    public Task Loaded => _reader.Loaded;

    /// <summary>Looks at a slice. Takes the queue's gate.</summary>
    /// <returns>False when it has ended: the page is full, all was looked at, or it has taken long enough.</returns>
    public bool Advance()
    {
        if (_isOver)
        {
            return false;
        }

        lock (_queue.Log.Gate)
        {
            bool isWindowOver = LookAtSlice();
            if (isWindowOver)
            {
                EndWindow();
            }
        }

        if (!_isOver && IsTooLong() && (!_request.IsBackward || _at == _low))
        {
            _next = _request.IsBackward ? _high - 1 : _at;
            _isOver = true;
        }

        return !_isOver;
    }

    /// <summary>What was found.</summary>
    public BrowsedPage ToPage()
    {
        bool hasBefore = _request.IsBackward ? _start + 1 < _end : _start > _first;
        return new BrowsedPage(_messages, _scannedCount, _scannedBytes, _total)
        {
            IsDone = _next is null,
            Next = _next,
            Previous = hasBefore ? _start + (_request.IsBackward ? 1 : -1) : null,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    private bool IsTooLong() => _scannedBytes >= _request.BytesMax || _time.GetElapsedTime(_startedAt) >= _request.TimeMax;

    /// <returns>True when the window has no more; false when there is more, or the disk is waited for.</returns>
    private bool LookAtSlice()
    {
        long bytesEnd = _scannedBytes + SliceBytesMax;
        var view = new BrowseView(_queue);
        try
        {
            for (int count = 0; count < SliceCountMax && _scannedBytes < bytesEnd; count++)
            {
                long offset = NextIn(_at);
                if (offset >= _high || IsFull)
                {
                    _at = Math.Min(offset, _high);
                    return true;
                }

                if (!view.IsIn(_request.Set, offset))
                {
                    _at = offset + 1;
                    continue;
                }

                ReadStatus status = _reader.Read(offset, out RecordView record);
                if (status == ReadStatus.Cold)
                {
                    _at = offset;
                    return false;
                }

                if (status == ReadStatus.Damaged)
                {
                    _isOver = true;
                    return false;
                }

                _at = offset + 1;
                if (status == ReadStatus.Found)
                {
                    LookAt(record, view);
                }
            }

            return false;
        }
        finally
        {
            _reader.Unpin();
        }
    }

    /// <summary>Upwards a full page ends the look; downwards its window has to be read to its end.</summary>
    private bool IsFull => !_request.IsBackward && _messages.Count == _request.CountMax;

    private void LookAt(scoped in RecordView record, BrowseView view)
    {
        if (!QueuedMessage.TryReadContent(record, out StoredMessage content))
        {
            return;
        }

        ReadOnlySpan<byte> body = record.ExternalBody is { } external ? external.Span[..content.BodyBytes] : content.Body;
        _scannedCount++;
        _scannedBytes += record.Payload.Length + record.Shared.Length + (record.ExternalBody is null ? 0 : body.Length);
        if (_request.Filter is not { } filter || filter.Fits(new FilterSubject(content, body, view.TriesOf(record.Offset))))
        {
            (_request.IsBackward ? _window : _messages).Add(view.Describe(record, content, body));
        }
    }

    private void EndWindow()
    {
        if (!_request.IsBackward)
        {
            _next = _at < _high ? _at : null;
            _isOver = true;
            return;
        }

        for (int i = _window.Count - 1; i >= 0; i--)
        {
            if (_messages.Count == _request.CountMax)
            {
                _next = _window[i].Sequence;
                _isOver = true;
                return;
            }

            _messages.Add(_window[i]);
        }

        _window.Clear();
        if (!TryOpenWindow(_low))
        {
            _isOver = true;
        }
        else if (_messages.Count == _request.CountMax)
        {
            _next = _high - 1;
            _isOver = true;
        }
    }

    /// <summary>Finds the next messages downwards: at most some, however many offsets without any lie between.</summary>
    /// <param name="high">Exclusive end.</param>
    /// <returns>False when there is none.</returns>
    private bool TryOpenWindow(long high)
    {
        long first = _queue.Log.StartOffset;
        if (_within is not null)
        {
            int last = Array.FindLastIndex(_within, range => range.Start < high);
            if (last < 0)
            {
                return false;
            }

            high = Math.Min(high, _within[last].End);
            first = Math.Max(first, Math.Max(_within[last].Start, high - WindowCountMax));
            (_low, _high, _at) = (first, high, first);
            return first < high || (last > 0 && TryOpenWindow(_within[last].Start));
        }

        long tooMany = first; // Below it there are more than wanted, from "low" on at most as many.
        long low = high;
        for (long step = WindowCountMax; low > first; step *= 2)
        {
            long candidate = Math.Max(first, high - step);
            if (_queue.Log.CountLive(candidate, high) > WindowCountMax)
            {
                tooMany = candidate;
                break;
            }

            low = candidate;
        }

        while (low - tooMany > 1 && _queue.Log.CountLive(low, high) < WindowCountMax)
        {
            long middle = tooMany + ((low - tooMany) / 2);
            if (_queue.Log.CountLive(middle, high) > WindowCountMax)
            {
                tooMany = middle;
            }
            else
            {
                low = middle;
            }
        }

        (_low, _high, _at) = (low, high, low);
        return _queue.Log.CountLive(low, high) > 0;
    }

    /// <summary>The next offset that may be in the set.</summary>
    private long NextIn(long from)
    {
        if (_within is null)
        {
            return _queue.Log.NextUnsettled(from);
        }

        foreach (OffsetRange range in _within.AsSpan(FirstEndingBehind(from)))
        {
            long offset = _queue.Log.NextUnsettled(Math.Max(from, range.Start));
            if (offset < range.End)
            {
                return offset;
            }
        }

        return long.MaxValue;
    }

    private int FirstEndingBehind(long offset)
    {
        int low = 0;
        int high = _within!.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_within[middle].End <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
