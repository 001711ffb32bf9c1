using System.Net;
using Ropeway.Security.Tls;

namespace Ropeway.Transport;

/// <summary>Where a listener listens.</summary>
public sealed record ListenerOptions
{
    /// <summary>Address and port. Port 0 picks a free one. The address <c>[::]</c> takes IPv4 as well.</summary>
    public required IPEndPoint EndPoint { get; init; }

    /// <summary>Certificates when the listener speaks TLS, else null.</summary>
    public TlsServer? Tls { get; init; }

    /// <summary>How many connections the kernel keeps waiting for their accept.</summary>
    public int AcceptBacklogCount { get; init; } = 512;
}
