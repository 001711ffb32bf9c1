using System.Net;
using Ropeway.Security.Tls;

namespace Ropeway.Management;

/// <summary>An address that the broker accepts connections on.</summary>
/// <param name="Protocol">As in the listener's URL: <c>amqp</c>, <c>amqps</c>, <c>http</c>, <c>metrics</c>.</param>
/// <param name="EndPoint">The real address.</param>
public sealed record ListeningAddress(string Protocol, IPEndPoint EndPoint)
{
    /// <summary>Tells the certificates that it uses at the moment; null when it is not encrypted. May read files.</summary>
    public Func<IReadOnlyList<TlsCertificate>>? Certificates { get; init; }

    /// <summary>Protocol of a listener that serves the metrics and nothing else, to whoever can reach it.</summary>
    public const string Metrics = "metrics";
}
