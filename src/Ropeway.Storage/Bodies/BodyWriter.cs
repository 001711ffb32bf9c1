using System.Buffers;
using Ropeway.Storage.Disk;

namespace Ropeway.Storage;

/// <summary>The thread that writes external bodies, one after the other: temporary file, sync, rename, directory sync.</summary>
internal sealed class BodyWriter : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<BodyRequest> _waiting = new();
    private readonly IDisk _disk;
    private readonly BodySet _bodies;
    private readonly Action<Exception> _onFailed;
    private readonly bool _hasThread;
    private Thread? _thread;
    private bool _isStopping;

    /// <param name="disk">The file system.</param>
    /// <param name="bodies">Where finished bodies are registered.</param>
    /// <param name="onFailed">Told about a failed sync: the store must stop.</param>
    /// <param name="steps">Does the work in place of the thread; null: the thread.</param>
    public BodyWriter(IDisk disk, BodySet bodies, Action<Exception> onFailed, IStepRunner? steps)
    {
        _hasThread = steps is null;
        steps?.Add("body writer", IsAsked, Step);
        _disk = disk;
        _bodies = bodies;
        _onFailed = onFailed;
    }

    public Task<ulong> WriteAsync(ReadOnlySequence<byte> body, CancellationToken aborted)
    {
        BodyRequest request = new(body, aborted);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            _waiting.Enqueue(request);
            if (_hasThread && _thread is null)
            {
                _thread = new Thread(Serve) { Name = "ropeway-body-writer", IsBackground = true };
                _thread.Start();
            }

            Monitor.Pulse(_gate);
        }

        return request.Completion.Task;
    }

    /// <summary>Writes what is waiting, then stops the thread.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.PulseAll(_gate);
        }

        _thread?.Join();
        while (Step())
        {
        }
    }

    private void Serve()
    {
        while (TryTake(mayWait: true, out BodyRequest? request))
        {
            Serve(request!);
        }
    }

    private bool IsAsked()
    {
        lock (_gate)
        {
            return _waiting.Count > 0;
        }
    }

    /// <summary>Writes one body on the caller's thread, when there is no other.</summary>
    private bool Step()
    {
        bool isAsked = TryTake(mayWait: false, out BodyRequest? request);
        if (isAsked)
        {
            Serve(request!);
        }

        return isAsked;
    }

    private void Serve(BodyRequest request)
    {
        if (request.Aborted.IsCancellationRequested)
        {
            request.Completion.SetCanceled(request.Aborted);
            return;
        }

        try
        {
            request.Completion.SetResult(Write(request.Body));
        }
        catch (Exception fault) // The top of the body writer's thread: its caller is told.
        {
            request.Completion.SetException(fault);
        }
    }

    private bool TryTake(bool mayWait, out BodyRequest? request)
    {
        lock (_gate)
        {
            while (!_waiting.TryDequeue(out request))
            {
                if (_isStopping || !mayWait)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }

            return true;
        }
    }

    private ulong Write(ReadOnlySequence<byte> body)
    {
        ulong id = _bodies.Claim();
        try
        {
            WriteFile(_bodies.PathOf(id), id, body);
            return id;
        }
        catch
        {
            _bodies.Release(id);
            throw;
        }
    }

    private void WriteFile(string path, ulong id, ReadOnlySequence<byte> body)
    {
        string temporary = path + StoreFiles.TemporarySuffix;
        using (IDiskFile file = _disk.Create(temporary))
        {
            try
            {
                BodyFile.Write(file, id, body);
            }
            catch (IOException)
            {
                _disk.Delete(temporary); // No space, most likely: the publisher is told, the store goes on.
                throw;
            }

            Durably(file.Sync);
        }

        Durably(() =>
        {
            _disk.Rename(temporary, path);
            _disk.SyncDirectory(Path.GetDirectoryName(path)!);
        });
    }

    private void Durably(Action step)
    {
        try
        {
            step();
        }
        catch (IOException fault)
        {
            _onFailed(fault);
            throw;
        }
    }
}
