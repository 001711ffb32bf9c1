using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Ropeway.Security.Tls;

namespace Ropeway.Transport.Tests;

/// <summary>
/// A transport with one loopback listener on a free port, and blocking clients for it. Its clock stands still unless the test moves one of its own, so
/// that no deadline of the transport passes because a thread of the test had to wait.
/// </summary>
internal sealed class Station : IAsyncDisposable
{
    private readonly List<Socket> _clients = [];

    public Station(ConsumeHandler consume, TimeProvider? time = null, int connectionsMax = 1000, ILogger? logger = null, TlsServer? tls = null)
    {
        Protocol = new TestProtocol(consume);
        Host = new TransportHost(new TransportOptions
        {
            Time = time ?? new FakeTimeProvider(),
            ConnectionsMax = connectionsMax,
            Logger = logger ?? NullLogger.Instance,
        });
        Listener = Host.Listen(new ListenerOptions { EndPoint = new IPEndPoint(IPAddress.Loopback, 0), Tls = tls }, Protocol);
    }

    public TransportHost Host { get; }

    public TestProtocol Protocol { get; }

    public Listener Listener { get; }

    public static Socket Client(int receiveBufferBytes = 0)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = (int)Deadline.Max.TotalMilliseconds,
            SendTimeout = (int)Deadline.Max.TotalMilliseconds,
        };
        if (receiveBufferBytes > 0)
        {
            client.ReceiveBufferSize = receiveBufferBytes;
        }

        return client;
    }

    public static void ReceiveExactly(Socket client, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int received = client.Receive(bytes);
            Assert.True(received > 0, "The broker closed the connection too early.");
            bytes = bytes[received..];
        }
    }

    public Socket Connect(int receiveBufferBytes = 0)
    {
        Socket client = Client(receiveBufferBytes);
        _clients.Add(client);
        client.Connect(Listener.EndPoint);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync().AsTask().WithDeadlineAsync();
        foreach (Socket client in _clients)
        {
            client.Dispose();
        }
    }
}
