using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// Tells when messages of one queue were taken, without disturbing it. One caller at a time. What is on the disk only is read in the background and known the next
/// time. Disposed by who made it.
/// </summary>
public sealed class MessageClock(Queue queue) : ILoadWaiter, IDisposable
{
    private LogReader? _reader; // Used under the queue's gate.
    private long _knownOffset = -1;
    private long _knownMs;
    private volatile bool _isLoading;

    /// <summary>When the message at an offset was taken, in milliseconds since the Unix epoch.</summary>
    /// <param name="offset">Of a message that is not settled.</param>
    /// <param name="mayLoad">Whether the disk may be read.</param>
    /// <returns>Null when it is not known, or not yet.</returns>
    public long? Find(long offset, bool mayLoad)
    {
        if (offset == _knownOffset)
        {
            return _knownMs;
        }

        lock (queue.Log.Gate)
        {
            if (_isLoading || queue.IsClosed)
            {
                return null;
            }

            _reader ??= queue.Log.OpenReader(withBodies: false);
            ReadStatus status = _reader.TryRead(offset, out RecordView record);
            if (status == ReadStatus.Found && QueuedMessage.TryReadContent(record, out StoredMessage message))
            {
                _knownOffset = offset;
                _knownMs = message.Head.TimestampMs;
                _reader.Trim(); // Nothing of what may be a large queue stays in memory for this.
                return _knownMs;
            }

            if (status == ReadStatus.Cold && mayLoad)
            {
                _isLoading = true;
                _reader.Load(offset, this);
            }
            else
            {
                _reader.Trim();
            }

            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (queue.Log.Gate)
        {
            _reader?.Dispose();
            _reader = null;
        }
    }

    void ILoadWaiter.OnLoaded() => _isLoading = false;
}
