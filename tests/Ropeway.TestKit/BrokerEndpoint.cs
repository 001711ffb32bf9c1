using System.Globalization;

namespace Ropeway.TestKit;

/// <summary>Where a broker listens for AMQP 0-9-1.</summary>
/// <param name="Host">Name or address.</param>
/// <param name="Port">TCP port.</param>
public sealed record BrokerEndpoint(string Host, int Port)
{
    /// <summary>The URL with the default user and virtual host.</summary>
    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"amqp://guest:guest@{Host}:{Port}/"));

    /// <summary>Reads <c>amqp://host:port</c>; without a port it is 5672.</summary>
    public static BrokerEndpoint Parse(string url)
    {
        var parsed = new Uri(url);
        return new BrokerEndpoint(parsed.Host, parsed.Port > 0 ? parsed.Port : 5672);
    }
}
