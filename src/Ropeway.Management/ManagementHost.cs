using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using Ropeway.Core;
using Ropeway.Management.Http;
using Ropeway.Management.Live;

namespace Ropeway.Management;

/// <summary>
/// The HTTP server of one broker: RabbitMQ's management API. Kestrel without a container, middleware or configuration of its own, which halves the
/// start-up time. Started after the broker's own listeners, stopped before them.
/// </summary>
public sealed class ManagementHost : IAsyncDisposable
{
    private readonly KestrelServer _server;

    private ManagementHost(KestrelServer server, LiveState live)
    {
        _server = server;
        Live = live;
    }

    /// <summary>What it keeps between requests.</summary>
    internal LiveState Live { get; }

    /// <summary>Serves on sockets that are bound and listen; they belong to the server from now on.</summary>
    /// <param name="broker">What is managed.</param>
    /// <param name="sockets">At least one.</param>
    /// <param name="options">Settings.</param>
    public static async Task<ManagementHost> StartAsync(Broker broker, IReadOnlyList<Socket> sockets, ManagementOptions options)
    {
        KestrelServerOptions server = ServerOptions(options.ConnectionsMax);
        var shares = new ConnectionShares(options.ConnectionsMax, options.Loggers.CreateLogger("Ropeway.Management"));
        var transport = new SocketTransportOptions { CreateBoundListenSocket = endPoint => sockets.First(socket => endPoint.Equals(socket.LocalEndPoint)) };
        foreach (Socket socket in sockets)
        {
            server.Listen((IPEndPoint)socket.LocalEndPoint!, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(shares.Bound);
            });
        }

        var kestrel = new KestrelServer(Options.Create(server), new SocketTransportFactory(Options.Create(transport), options.Loggers), options.Loggers);
        var live = new LiveState(broker, options);
        try
        {
            await kestrel.StartAsync(new ManagementApplication(broker, options, live), CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            live.Dispose();
            kestrel.Dispose();
            throw;
        }

        return new ManagementHost(kestrel, live);
    }

    /// <summary>Stops: streams end, other requests under way get <see cref="ManagementLimits.StopSeconds"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        Live.Stop();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(ManagementLimits.StopSeconds));
        await _server.StopAsync(patience.Token).ConfigureAwait(false);
        _server.Dispose();
        Live.Dispose();
    }

    private static KestrelServerOptions ServerOptions(int connectionsMax)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxConcurrentConnections = connectionsMax;
        options.Limits.MaxRequestBodySize = null; // Requests have bounds of their own. Kestrel's closes the connection on a client that still sends, which then does not get the answer; without it the rest is read and thrown away, for five seconds at most.
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(ManagementLimits.HeadersTimeoutSeconds);
        options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(ManagementLimits.KeepAliveSeconds);
        return options;
    }
}
