using Ropeway.Core.Queues;

namespace Ropeway.Core.Topology;

/// <summary>Names the logs of a store by its definitions, without opening it. Immutable.</summary>
public sealed class LogNames
{
    private readonly Dictionary<ulong, LogName> _names = [];

    private LogNames()
    {
    }

    /// <summary>Definitions that cannot be read; a start refuses the store for one.</summary>
    public int UnreadableCount { get; private set; }

    /// <summary>Reads the names.</summary>
    /// <param name="entries">The entries of the store's metadata.</param>
    public static LogNames Read(IReadOnlyList<KeyValuePair<byte[], byte[]>> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var names = new LogNames();
        foreach ((byte[] key, byte[] value) in entries)
        {
            try
            {
                names.Add(key, value);
            }
            catch (InvalidDataException)
            {
                names.UnreadableCount++;
            }
        }

        return names;
    }

    /// <summary>Whose a log is; null when no definition knows it.</summary>
    public LogName? Find(ulong logId) => _names.GetValueOrDefault(logId);

    private void Add(byte[] key, byte[] value)
    {
        var keyReader = new EntryReader(key);
        var valueReader = new EntryReader(value);
        switch ((StoredEntryKind)keyReader.Byte())
        {
            case StoredEntryKind.Queue:
                (string host, QueueSettings queue, ulong logId) = StoredEntry.ReadQueue(keyReader, valueReader);
                _names[logId] = new LogName(host, queue.Name, IsOfIds: false);
                break;
            case StoredEntryKind.ShelvedQueue:
                (string shelvedHost, string shelvedName, ulong shelvedLogId) = StoredEntry.ReadShelvedQueue(keyReader, valueReader);
                _names[shelvedLogId] = new LogName(shelvedHost, shelvedName, IsOfIds: false);
                break;
            case StoredEntryKind.DelayLog:
                (string delayHost, ulong delayLogId) = StoredEntry.ReadDelayLog(keyReader, valueReader);
                _names[delayLogId] = new LogName(delayHost, Queue: null, IsOfIds: false);
                break;
            case StoredEntryKind.IdLog:
                (string idHost, string idQueue, ulong idLogId) = StoredEntry.ReadIdLog(keyReader, valueReader);
                _names[idLogId] = new LogName(idHost, idQueue, IsOfIds: true);
                break;
            default:
                break; // Has no log.
        }
    }
}
