using System.Net;

namespace Ropeway.Management;

/// <summary>An address that the broker accepts connections on.</summary>
/// <param name="Protocol">As in the listener's URL: <c>amqp</c>, <c>amqps</c>, <c>http</c>, <c>metrics</c>.</param>
/// <param name="EndPoint">The real address.</param>
public sealed record ListeningAddress(string Protocol, IPEndPoint EndPoint)
{
    /// <summary>Protocol of a listener that serves the metrics and nothing else, to whoever can reach it.</summary>
    public const string Metrics = "metrics";

    /// <summary>Tells when the first of its certificates expires; null when it has none.</summary>
    public Func<DateTimeOffset>? CertificateEnd { get; init; }
}
