using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Ropeway.Management;
using Ropeway.Security.Tls;
using Ropeway.Transport;

namespace Ropeway.Server;

/// <summary>Opens the configured listeners and explains what prevents one. Those for HTTP, metrics included, are only bound: the management server accepts on them.</summary>
internal sealed class ListenerSet(TransportHost transport, IReadOnlyDictionary<string, IProtocol> protocols, Func<TlsServer> tls, ILogger logger) : IDisposable
{
    private const string Http = "http";
    private const string SecuredAmqp = "amqps";
    private const int AmqpPort = 5672;
    private const int HttpPort = 15672;
    private const int HttpBacklogCount = 512;

    private readonly List<ListeningAddress> _addresses = [];
    private readonly List<Socket> _httpSockets = [];
    private readonly Lazy<TlsServer> _tls = new(tls);

    /// <summary>The real addresses of the open listeners.</summary>
    public IReadOnlyList<ListeningAddress> Addresses => _addresses;

    /// <summary>The sockets that listen for HTTP.</summary>
    public IReadOnlyList<Socket> HttpSockets => _httpSockets;

    /// <summary>The real addresses of the open listeners as URLs.</summary>
    public IEnumerable<string> Urls => _addresses.Select(address => ListenUrl.Format(address.Protocol, address.EndPoint));

    /// <summary>Opens all; null means the standard ports on the loopback addresses.</summary>
    /// <exception cref="StartupException">One cannot be opened.</exception>
    public void Open(IReadOnlyList<ListenUrl>? configured)
    {
        if (configured is null)
        {
            OpenGroup("amqp", [new IPEndPoint(IPAddress.Loopback, AmqpPort), new IPEndPoint(IPAddress.IPv6Loopback, AmqpPort)]);
            OpenGroup(Http, [new IPEndPoint(IPAddress.Loopback, HttpPort), new IPEndPoint(IPAddress.IPv6Loopback, HttpPort)]);
            return;
        }

        foreach (ListenUrl url in configured)
        {
            OpenGroup(url.Scheme, url.Resolve());
        }
    }

    /// <summary>Closes the sockets for HTTP; those that a server took are closed already. The transport closes its own.</summary>
    public void Dispose() => _httpSockets.ForEach(socket => socket.Dispose());

    /// <summary>Opens the addresses of one name. One that this machine does not have is left out, unless it has none of them.</summary>
    private void OpenGroup(string scheme, IReadOnlyList<IPEndPoint> endPoints)
    {
        int opened = 0;
        for (int i = 0; i < endPoints.Count; i++)
        {
            try
            {
                IPEndPoint real = scheme is Http or ListeningAddress.Metrics ? BindHttp(endPoints[i]) : Listen(scheme, endPoints[i]);
                _addresses.Add(new ListeningAddress(scheme, real) { Certificates = scheme == SecuredAmqp ? () => _tls.Value.Certificates : null });
                opened++;
            }
            catch (SocketException failure)
            {
                bool isMissing = failure.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported;
                bool isLastHope = i == endPoints.Count - 1 && opened == 0;
                if (!isMissing || isLastHope)
                {
                    throw Explain(scheme, endPoints[i], failure);
                }

                ServerLog.ListenSkipped(logger, endPoints[i]);
            }
        }
    }

    private IPEndPoint Listen(string scheme, IPEndPoint endPoint) => scheme == SecuredAmqp
        ? transport.Listen(new ListenerOptions { EndPoint = endPoint, Tls = _tls.Value }, protocols["amqp"]).EndPoint
        : transport.Listen(new ListenerOptions { EndPoint = endPoint }, protocols[scheme]).EndPoint;

    private IPEndPoint BindHttp(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _httpSockets.Add(socket);
        if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = endPoint.Address.Equals(IPAddress.IPv6Any);
        }

        socket.Bind(endPoint);
        socket.Listen(HttpBacklogCount);
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    private static StartupException Explain(string scheme, IPEndPoint endPoint, SocketException failure)
    {
        string url = ListenUrl.Format(scheme, endPoint);
        string other = ListenUrl.Format(scheme, new IPEndPoint(endPoint.Address, endPoint.Port < IPEndPoint.MaxPort ? endPoint.Port + 1 : endPoint.Port - 1));
        return failure.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => new StartupException(
                ExitCode.AddressInUse,
                $"cannot listen on {url}: another process uses this address; choose another, for example with --listen {other}, or port 0 for a free one",
                failure),
            SocketError.AccessDenied => new StartupException(
                ExitCode.AddressRefused, $"cannot listen on {url}: permission denied; ports below 1024 need a privilege, others do not", failure),
            SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported => new StartupException(
                ExitCode.AddressRefused, $"cannot listen on {url}: this machine does not have the address; use --listen with one that it has", failure),
            _ => new StartupException(ExitCode.AddressRefused, $"cannot listen on {url}: {failure.Message}", failure),
        };
    }
}
