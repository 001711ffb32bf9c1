using System.Collections.Concurrent;

namespace Ropeway.Core;

/// <summary>The open client connections of all protocols. Any thread.</summary>
public sealed class ConnectionRegistry
{
    private readonly ConcurrentDictionary<long, ConnectionEntry> _entries = new();

    /// <summary>How many connections are open.</summary>
    public int Count => _entries.Count;

    /// <summary>The connections at this moment.</summary>
    public ICollection<ConnectionEntry> Entries => _entries.Values;

    /// <summary>A connection has logged in.</summary>
    public void Add(ConnectionEntry entry) => _entries[entry.Id] = entry;

    /// <summary>A connection is over. Nothing happens when it is not there.</summary>
    public void Remove(long id) => _entries.TryRemove(id, out _);

    /// <summary>Closes connections as an operator would, see <see cref="IOpenConnection.Close"/>.</summary>
    /// <param name="isMeant">Says which.</param>
    /// <param name="reason">For the clients to read.</param>
    public void Close(Func<ConnectionEntry, bool> isMeant, string reason)
    {
        foreach (ConnectionEntry entry in _entries.Values.Where(isMeant))
        {
            entry.Connection.Close(reason);
        }
    }
}
