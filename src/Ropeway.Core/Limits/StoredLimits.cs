using Ropeway.Core.Topology;

namespace Ropeway.Core.Limits;

/// <summary>Keys and values of the stored limits; see docs/storage-format.md, "Metadata entries". What has no limits has no entry.</summary>
internal static class StoredLimits
{
    /// <summary>Key of a virtual host's limits.</summary>
    public static byte[] VirtualHostKey(string host) => new EntryWriter().Byte((byte)StoredEntryKind.VirtualHostLimits).Text(host).ToArray();

    /// <summary>Key of a user's limits.</summary>
    public static byte[] UserKey(string user) => new EntryWriter().Byte((byte)StoredEntryKind.UserLimits).Text(user).ToArray();

    /// <summary>Adds a virtual host's limits to a change.</summary>
    public static void Write(TopologyChange change, string host, VirtualHostLimits limits) =>
        Write(change, VirtualHostKey(host), [limits.ConnectionsMax, limits.QueuesMax, limits.ReadyMessagesMax, limits.ReadyBytesMax]);

    /// <summary>Adds a user's limits to a change.</summary>
    public static void Write(TopologyChange change, string user, UserLimits limits) =>
        Write(change, UserKey(user), [limits.ConnectionsMax, limits.ChannelsMax]);

    /// <summary>Reads a virtual host's limits; the key's kind was read before.</summary>
    public static (string Host, VirtualHostLimits Limits) ReadVirtualHost(EntryReader key, EntryReader value)
    {
        value.Version(StoredEntry.Version);
        return (key.Text(), new VirtualHostLimits(ReadLimit(ref value), ReadLimit(ref value), ReadLimit(ref value), ReadLimit(ref value)));
    }

    /// <summary>Reads a user's limits; the key's kind was read before.</summary>
    public static (string User, UserLimits Limits) ReadUser(EntryReader key, EntryReader value)
    {
        value.Version(StoredEntry.Version);
        return (key.Text(), new UserLimits(ReadLimit(ref value), ReadLimit(ref value)));
    }

    private static void Write(TopologyChange change, byte[] key, ReadOnlySpan<long?> limits)
    {
        if (!limits.ContainsAnyExcept((long?)null))
        {
            change.Delete(key);
            return;
        }

        var writer = new EntryWriter().Byte(StoredEntry.Version);
        foreach (long? limit in limits)
        {
            writer.Byte(limit is null ? (byte)0 : (byte)1).UInt64((ulong)(limit ?? 0));
        }

        change.Put(key, writer.ToArray());
    }

    /// <summary>Reads the next limit; those at the end that a former release did not know are not set.</summary>
    private static long? ReadLimit(ref EntryReader value)
    {
        if (value.IsAtEnd)
        {
            return null;
        }

        bool isThere = value.Byte() != 0;
        long limit = (long)value.UInt64();
        return isThere ? limit : null;
    }
}
