using Ropeway.Storage;

namespace Ropeway.Core.Queues.Browsing;

/// <summary>
/// Reads the messages of a log beside its deliveries: at a place of its own, with memory of its own for what comes from the disk. Used by
/// one caller at a time under the log's gate; what is waited for is waited for without it.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="withBodies">Whether bodies that lie in files of their own are read.</param>
internal sealed class BrowseReader(StoredLog log, bool withBodies) : ILoadWaiter, IDisposable
{
    private LogReader? _reader;
    private TaskCompletionSource? _loaded;

    /// <summary>Completes when the read of the disk under way has ended, at once when there is none.</summary>
    public Task Loaded => _loaded?.Task ?? Task.CompletedTask;

    /// <summary>Reads one message. Cold means: a read has begun, to be waited for by <see cref="Loaded"/>; then ask again.</summary>
    public ReadStatus Read(long offset, out RecordView record)
    {
        _reader ??= log.OpenReader(withBodies);
        ReadStatus status = _reader.TryRead(offset, out record);
        if (status == ReadStatus.Cold)
        {
            _loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _reader.Load(offset, this);
        }

        return status;
    }

    /// <summary>Ends a slice: memory of the journal is given back.</summary>
    public void Unpin() => _reader?.Unpin();

    /// <summary>Ends reading. Takes the log's gate.</summary>
    public void Dispose()
    {
        lock (log.Gate)
        {
            _reader?.Dispose();
        }
    }

    void ILoadWaiter.OnLoaded() => _loaded!.TrySetResult();
}
