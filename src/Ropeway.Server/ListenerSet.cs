using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Ropeway.Transport;

namespace Ropeway.Server;

/// <summary>Opens the configured listeners and explains what prevents one.</summary>
internal sealed class ListenerSet(TransportHost transport, IReadOnlyDictionary<string, IProtocol> protocols, ILogger logger)
{
    private const int StandardPort = 5672;

    private readonly List<string> _urls = [];

    /// <summary>The real addresses of the open listeners as URLs.</summary>
    public IReadOnlyList<string> Urls => _urls;

    /// <summary>Opens all; null means the standard port on the loopback addresses.</summary>
    /// <exception cref="StartupException">One cannot be opened.</exception>
    public void Open(IReadOnlyList<ListenUrl>? configured)
    {
        if (configured is null)
        {
            OpenGroup("amqp", [new IPEndPoint(IPAddress.Loopback, StandardPort), new IPEndPoint(IPAddress.IPv6Loopback, StandardPort)]);
            return;
        }

        foreach (ListenUrl url in configured)
        {
            OpenGroup(url.Scheme, url.Resolve());
        }
    }

    /// <summary>Opens the addresses of one name. One that this machine does not have is left out, unless it has none of them.</summary>
    private void OpenGroup(string scheme, IReadOnlyList<IPEndPoint> endPoints)
    {
        int opened = 0;
        for (int i = 0; i < endPoints.Count; i++)
        {
            try
            {
                Listener listener = transport.Listen(new ListenerOptions { EndPoint = endPoints[i] }, protocols[scheme]);
                _urls.Add(ListenUrl.Format(scheme, listener.EndPoint));
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
