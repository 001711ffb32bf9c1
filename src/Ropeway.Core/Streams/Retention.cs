using Ropeway.Core.Queues;
using Ropeway.Core.Timing;
using Ropeway.Storage;

namespace Ropeway.Core.Streams;

/// <summary>
/// Drops the oldest chunks of a stream that is too large or whose messages are too old. Guarded by the log's gate.
/// </summary>
/// <remarks>
/// A chunk is dropped for its age when its newest message is too old, and for the stream's size when there is another one: so the
/// newest message always stays until it is too old.
/// </remarks>
/// <param name="stream">The stream; while it is out of service nothing is dropped.</param>
/// <param name="chunks">Where they are.</param>
/// <param name="deadlines">Of the broker.</param>
internal sealed class Retention(StreamQueue stream, ChunkIndex chunks, Deadlines deadlines) : Timed, ILoadWaiter, IPoolWork
{
    /// <summary>A stream with a limit of bytes has at least that many chunks when it is full, one with a limit of time about as many.</summary>
    private const int ChunksPerLimit = 32;

    private const int ChunkBytesMin = 4096;
    private const int ChunkMsMin = 100;

    /// <summary>Most chunks that are dropped in one go: others want the gate, too.</summary>
    private const int SliceMax = 16;

    private readonly StoredLog _log = stream.Log;
    private long _maxBytes = long.MaxValue;
    private long _maxAgeMs = long.MaxValue;
    private LogReader? _reader; // For times that only the messages know.
    private bool _isWatching;
    private bool _isLoading;
    private bool _isStopped;

    /// <summary>Sets the limits, null for none, and holds to them.</summary>
    public void Apply(long? maxBytes, long? maxAgeMs)
    {
        _maxBytes = maxBytes ?? long.MaxValue;
        _maxAgeMs = maxAgeMs ?? long.MaxValue;
        chunks.ChunkBytes = Math.Clamp(_maxBytes / ChunksPerLimit, ChunkBytesMin, ChunkIndex.ChunkBytesMax);
        chunks.ChunkMs = Math.Max(_maxAgeMs / ChunksPerLimit, ChunkMsMin);
        Enforce();
    }

    /// <summary>Drops what is to be dropped. To be called when the stream has grown.</summary>
    public void Enforce()
    {
        int count = 0;
        while (!_isStopped && !_isLoading && stream.OutOfService is null && chunks.Count > 0 && count < SliceMax && MayDropFirst())
        {
            chunks.DropFirst();
            count++;
        }

        if (count > 0)
        {
            stream.Count().NoteChange();
            _log.Settle([new OffsetRange(_log.StartOffset, chunks.Count > 0 ? chunks[0].First : _log.EndOffset)]);
            if (count == SliceMax)
            {
                Watch(0);
            }
        }
    }

    /// <summary>The stream is gone, or the broker ends.</summary>
    public void Stop()
    {
        _isStopped = true;
        deadlines.Cancel(this);
        _reader?.Dispose();
        _reader = null;
    }

    /// <inheritdoc/>
    public override void OnFault(Exception fault) => stream.OnFault(fault);

    void IPoolWork.Run()
    {
        lock (_log.Gate)
        {
            _isLoading = false;
            Enforce();
        }
    }

    void ILoadWaiter.OnLoaded() => stream.Pool.Queue(this);

    /// <inheritdoc/>
    protected internal override void OnDue(long nowMs)
    {
        lock (_log.Gate)
        {
            _isWatching = false;
            Enforce();
        }
    }

    private bool MayDropFirst()
    {
        if (chunks.Count > 1 && chunks.TotalBytes > _maxBytes)
        {
            return true;
        }

        if (_maxAgeMs == long.MaxValue)
        {
            return false;
        }

        _reader ??= _log.OpenReader(withBodies: false);
        switch (chunks.TryGetTime(0, _log, _reader, out long newestMs, out long offset))
        {
            case ReadStatus.Cold:
                _isLoading = true;
                _reader.Load(offset, this);
                return false;
            case ReadStatus.Damaged:
                return false;
        }

        _reader.Trim();
        if (newestMs + _maxAgeMs <= deadlines.NowMs)
        {
            return true;
        }

        if (!_isWatching)
        {
            Watch(newestMs + _maxAgeMs);
        }

        return false;
    }

    private void Watch(long dueMs)
    {
        _isWatching = true;
        deadlines.Set(this, dueMs);
    }
}
