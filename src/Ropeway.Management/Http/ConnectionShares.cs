using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Ropeway.Security;

namespace Ropeway.Management.Http;

/// <summary>
/// Counts open connections by peer. One gets at most half of them: who opens connections and says nothing, or little, does not shut all others out. Any thread; its
/// lock is held for memory work only.
/// </summary>
/// <param name="countMax">Open connections of all.</param>
/// <param name="logger">Told once when a peer has its share, until all of its connections are closed.</param>
internal sealed class ConnectionShares(int countMax, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _counts = [];
    private readonly HashSet<IPAddress> _told = [];
    private readonly int _shareMax = Math.Max(countMax / 2, 1);

    /// <summary>Serves connections while their peer has not its share; one more is closed at once.</summary>
    /// <param name="next">Serves.</param>
    public ConnectionDelegate Bound(ConnectionDelegate next) => connection =>
        connection.RemoteEndPoint is IPEndPoint remote ? ServeAsync(next, connection, PeerAddress.Of(remote.Address)) : next(connection);

    private async Task ServeAsync(ConnectionDelegate next, ConnectionContext connection, IPAddress peer)
    {
        if (!TryEnter(peer))
        {
            connection.Abort();
            return;
        }

        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            Leave(peer);
        }
    }

    private bool TryEnter(IPAddress peer)
    {
        lock (_gate)
        {
            int count = _counts.GetValueOrDefault(peer);
            if (count < _shareMax)
            {
                _counts[peer] = count + 1;
                return true;
            }

            if (!_told.Add(peer))
            {
                return false;
            }
        }

        ManagementLog.ShareTaken(logger, peer, _shareMax);
        return false;
    }

    private void Leave(IPAddress peer)
    {
        lock (_gate)
        {
            if (--_counts[peer] == 0)
            {
                _counts.Remove(peer);
                _told.Remove(peer);
            }
        }
    }
}
