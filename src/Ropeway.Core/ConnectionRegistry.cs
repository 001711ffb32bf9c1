using System.Collections.Concurrent;
using Ropeway.Core.Limits;

namespace Ropeway.Core;

/// <summary>The open client connections of all protocols, and how many each user and each virtual host has. Any thread.</summary>
public sealed class ConnectionRegistry
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<long, ConnectionEntry> _entries = new();
    private readonly Dictionary<string, UserTally> _users = new(StringComparer.Ordinal); // Of users with a connection.
    private readonly Dictionary<string, long> _hosts = new(StringComparer.Ordinal); // Connections of hosts that have any.

    private long _openedCount;
    private long _closedCount;

    /// <summary>Who closes connections.</summary>
    public ConnectionChurn Churn { get; } = new();

    /// <summary>Connections that were added since the start.</summary>
    public long OpenedCount => Volatile.Read(ref _openedCount);

    /// <summary>Connections that were removed since the start.</summary>
    public long ClosedCount => Volatile.Read(ref _closedCount);

    /// <summary>How many connections are open.</summary>
    public int Count => _entries.Count;

    /// <summary>The connections at this moment.</summary>
    public ICollection<ConnectionEntry> Entries => _entries.Values;

    /// <summary>A connection has logged in; limits do not count.</summary>
    public void Add(ConnectionEntry entry) => TryAdd(entry, VirtualHostLimits.None, UserLimits.None, out _);

    /// <summary>A connection has logged in.</summary>
    /// <param name="entry">The connection.</param>
    /// <param name="hostLimits">The limits of its virtual host.</param>
    /// <param name="userLimits">The limits of its user.</param>
    /// <param name="tally">Where its channels are counted, until <see cref="Remove"/>.</param>
    /// <returns>Why it was not added, or None.</returns>
    public ConnectionRefusal TryAdd(ConnectionEntry entry, VirtualHostLimits hostLimits, UserLimits userLimits, out UserTally tally)
    {
        lock (_gate)
        {
            long hostCount = _hosts.GetValueOrDefault(entry.VirtualHost);
            tally = _users.GetValueOrDefault(entry.User) ?? new UserTally();
            if (IsReached(hostLimits.ConnectionsMax, hostCount))
            {
                return ConnectionRefusal.VirtualHostLimit;
            }

            if (IsReached(userLimits.ConnectionsMax, tally.ConnectionCount))
            {
                return ConnectionRefusal.UserLimit;
            }

            _hosts[entry.VirtualHost] = hostCount + 1;
            _users[entry.User] = tally;
            tally.ConnectionCount++;
            _entries[entry.Id] = entry;
            _openedCount++;
            return ConnectionRefusal.None;
        }
    }

    /// <summary>A connection is over, and its channels. Nothing happens when it is not there.</summary>
    public void Remove(long id)
    {
        lock (_gate)
        {
            if (!_entries.TryRemove(id, out ConnectionEntry? entry))
            {
                return;
            }

            _closedCount++;
            Churn.Add(entry);
            if (--_users[entry.User].ConnectionCount == 0)
            {
                _users.Remove(entry.User);
            }

            if (--_hosts[entry.VirtualHost] == 0)
            {
                _hosts.Remove(entry.VirtualHost);
            }
        }
    }

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

    private static bool IsReached(long? limit, long count) => limit is >= 0 && count >= limit;
}
