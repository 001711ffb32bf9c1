using System.Net;

namespace Ropeway.Core;

/// <summary>Counts closed connections by user and address, for whoever looks for clients that do not keep theirs. Bounded; any thread.</summary>
public sealed class ConnectionChurn
{
    /// <summary>Pairs of user and address counted between two calls of <see cref="Take"/>; others are not.</summary>
    public const int CountMax = 1000;

    private readonly Lock _gate = new();
    private Dictionary<(string User, IPAddress Address), (int Count, ConnectionEntry Last)> _closed = [];

    /// <summary>What was closed since the last call: how many, and the last one.</summary>
    public IReadOnlyDictionary<(string User, IPAddress Address), (int Count, ConnectionEntry Last)> Take()
    {
        lock (_gate)
        {
            var taken = _closed;
            if (taken.Count > 0)
            {
                _closed = [];
            }

            return taken;
        }
    }

    internal void Add(ConnectionEntry entry)
    {
        var key = (entry.User, entry.Remote.Address);
        lock (_gate)
        {
            if (_closed.TryGetValue(key, out (int Count, ConnectionEntry Last) known))
            {
                _closed[key] = (known.Count + 1, entry);
            }
            else if (_closed.Count < CountMax)
            {
                _closed.Add(key, (1, entry));
            }
        }
    }
}
