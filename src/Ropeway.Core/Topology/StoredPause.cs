using Ropeway.Core.Queues;

namespace Ropeway.Core.Topology;

/// <summary>Keys and values of stored pauses; see docs/storage-format.md, "Metadata entries". A queue that is not paused has no entry.</summary>
internal static class StoredPause
{
    /// <summary>Key of a queue's pause.</summary>
    public static byte[] Key(string host, string queue) => new EntryWriter().Byte((byte)StoredEntryKind.QueuePause).Text(host).Text(queue).ToArray();

    /// <summary>Its value.</summary>
    public static byte[] Value(QueuePause pause) =>
        new EntryWriter().Byte(StoredEntry.Version).UInt64((ulong)pause.SinceMs).Text(pause.User).Text(pause.Reason).ToArray();

    /// <summary>Reads one; the key's kind was read before.</summary>
    public static (string Host, string Queue, QueuePause Pause) Read(EntryReader key, EntryReader value)
    {
        string host = key.Text();
        string queue = key.Text();
        value.Version(StoredEntry.Version);
        long sinceMs = (long)value.UInt64();
        string user = value.Text();
        return (host, queue, new QueuePause(user, value.Text(), sinceMs));
    }
}
