using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Ropeway.Storage;

/// <summary>All logs of a store by id. Any thread may read it; durable logs come and go by metadata operations only.</summary>
internal sealed class LogCatalog : ILogCatalog
{
    private readonly LogTable _durable = new();
    private readonly LogTable _transient = new();
    private readonly ConcurrentQueue<StoredLog> _deleted = new();
    private readonly StoreSpaces _spaces;
    private long _lastId;
    private long _lastTransientId;

    public LogCatalog(StoreSpaces spaces)
    {
        _spaces = spaces;
    }

    /// <summary>The durable logs of this moment.</summary>
    public StoredLog[] Durable => _durable.ToArray();

    public int DurableCount => _durable.Count;

    /// <summary>The next id to be given.</summary>
    public ulong NextId => (ulong)Interlocked.Read(ref _lastId) + 1;

    /// <summary>All logs of this moment, durable and not.</summary>
    public IEnumerable<StoredLog> All => _durable.ToArray().Concat(_transient.ToArray());

    public ulong AllocateId() => (ulong)Interlocked.Increment(ref _lastId);

    /// <summary>Ids below were given before. At recovery only.</summary>
    public void RaiseNextId(ulong id) => _lastId = Math.Max(_lastId, (long)id - 1);

    public bool TryGet(ulong id, [NotNullWhen(true)] out StoredLog? log) =>
        ((id & StoredLog.TransientBit) == 0 ? _durable : _transient).TryGet(id, out log);

    public void CreateLog(ulong id)
    {
        if (_durable.TryAdd(new StoredLog(id, _spaces)))
        {
            while (Interlocked.Read(ref _lastId) is long last && last < (long)id)
            {
                Interlocked.CompareExchange(ref _lastId, (long)id, last); // At recovery: ids are never given twice.
            }
        }
    }

    public void DeleteLog(ulong id)
    {
        if (_durable.TryRemove(id, out StoredLog? log))
        {
            _deleted.Enqueue(log);
        }
    }

    /// <summary>Drops the content of deleted logs. Takes their gates, one after the other.</summary>
    public void DropDeleted()
    {
        while (_deleted.TryDequeue(out StoredLog? log))
        {
            lock (log.Gate)
            {
                log.Delete();
            }
        }
    }

    public StoredLog CreateTransient()
    {
        StoredLog log = new((ulong)Interlocked.Increment(ref _lastTransientId) | StoredLog.TransientBit, _spaces);
        _transient.TryAdd(log);
        return log;
    }

    public void DeleteTransient(StoredLog log)
    {
        if (_transient.TryRemove(log.Id, out _))
        {
            lock (log.Gate)
            {
                log.Delete();
            }
        }
    }
}
