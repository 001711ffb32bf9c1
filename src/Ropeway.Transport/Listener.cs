using System.Net;
using System.Net.Sockets;
using Ropeway.Security.Tls;

namespace Ropeway.Transport;

/// <summary>
/// A bound socket that accepts connections for one protocol. Made by <see cref="TransportHost.Listen"/>, which also stops it.
/// When an accept fails for want of descriptors or memory it waits, a tenth of a second at first and a second at most.
/// </summary>
#pragma warning disable CA1001 // The token source has no timer and no registrations of others: stopping is all it needs.
public sealed class Listener
#pragma warning restore CA1001
{
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BackOffMax = TimeSpan.FromSeconds(1);

    private readonly TransportHost _host;
    private readonly Socket _socket;
    private readonly Func<CancellationToken, ValueTask<Socket>> _accept;
    private readonly TlsServer? _tls;
    private readonly CancellationTokenSource _stopping = new();
    private Task _accepting = Task.CompletedTask;

    private Listener(TransportHost host, ListenerOptions options, IProtocol protocol, Socket socket, Func<CancellationToken, ValueTask<Socket>> accept)
    {
        _host = host;
        _socket = socket;
        _accept = accept;
        _tls = options.Tls;
        Protocol = protocol;
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>The real address, with the port that was picked for port 0.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>What is spoken here.</summary>
    public IProtocol Protocol { get; }

    /// <summary>Binds and begins to accept.</summary>
    /// <param name="host">Gets the connections.</param>
    /// <param name="options">Where.</param>
    /// <param name="protocol">What is spoken.</param>
    /// <param name="faults">Null, or stands before each accept, to test failures.</param>
    /// <exception cref="SocketException">The address is in use, not ours, or not permitted.</exception>
    internal static Listener Start(TransportHost host, ListenerOptions options, IProtocol protocol, Action? faults = null)
    {
        var socket = new Socket(options.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (options.EndPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                // Only the wildcard takes IPv4 too, so that listeners on both loopback addresses get along.
                socket.DualMode = options.EndPoint.Address.Equals(IPAddress.IPv6Any);
            }

            socket.Bind(options.EndPoint);
            socket.Listen(options.AcceptBacklogCount);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        Func<CancellationToken, ValueTask<Socket>> accept = faults is null
            ? socket.AcceptAsync
            : stopping =>
            {
                faults();
                return socket.AcceptAsync(stopping);
            };
        var listener = new Listener(host, options, protocol, socket, accept);
        listener._accepting = listener.AcceptAllAsync();
        return listener;
    }

    /// <summary>Accepts nothing more; completes when the last accept has ended.</summary>
    internal async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
        await _accepting.ConfigureAwait(false);
    }

    private async Task AcceptAllAsync()
    {
        await Task.Yield(); // The caller, who starts the broker, must not run sessions.
        int failures = 0;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Socket accepted = await _accept(_stopping.Token).ConfigureAwait(false);
                if (failures > 0)
                {
                    TransportLog.AcceptingAgain(_host.Logger, EndPoint, failures);
                    failures = 0;
                }

                _host.Admit(accepted, Protocol, _tls);
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException failure) when (failure.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // The peer gave up while it waited in the backlog.
            }
            catch (SocketException failure)
            {
                if (failures++ == 0)
                {
                    TransportLog.AcceptFailed(_host.Logger, failure, EndPoint);
                }

                await BackOffAsync(failures).ConfigureAwait(false);
            }
        }
    }

    private async Task BackOffAsync(int failures)
    {
        TimeSpan wait = failures > 4 ? BackOffMax : FirstBackOff * (1 << (failures - 1));
        try
        {
            await Task.Delay(wait, _host.Options.Time, _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the loop sees it.
        }
    }
}
