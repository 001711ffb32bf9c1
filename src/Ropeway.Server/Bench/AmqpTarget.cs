namespace Ropeway.Server.Bench;

/// <summary>Where a load run connects: the parts of an <c>amqp://user:password@host:port/vhost</c> URI.</summary>
/// <param name="Host">Host name or address, without brackets.</param>
/// <param name="Port">TCP port, 5672 when the URI has none.</param>
/// <param name="User">User name, <c>guest</c> when the URI has none.</param>
/// <param name="Password">Password, <c>guest</c> when the URI has none.</param>
/// <param name="VirtualHost">Virtual host, <c>/</c> when the URI has no path.</param>
internal sealed record AmqpTarget(string Host, int Port, string User, string Password, string VirtualHost)
{
    private const int DefaultPort = 5672;

    /// <summary>The target without its password, for messages.</summary>
    public override string ToString() => $"amqp://{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}/{Uri.EscapeDataString(VirtualHost)}";

    /// <summary>Reads a URI in the form that AMQP clients use; a bare <c>host:port</c> is accepted too.</summary>
    /// <exception cref="BenchException">The text is not such a URI, or asks for TLS.</exception>
    public static AmqpTarget Parse(string text)
    {
        string full = text.Contains("://", StringComparison.Ordinal) ? text : "amqp://" + text;
        if (!Uri.TryCreate(full, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0)
        {
            throw new BenchException($"'{text}' is not a broker address; expected amqp://user:password@host:port/vhost.");
        }

        if (uri.Scheme is not "amqp")
        {
            throw new BenchException($"The scheme '{uri.Scheme}' is not supported; expected amqp://.");
        }

        string[] login = uri.UserInfo.Split(':', 2);
        string user = login[0].Length > 0 ? Uri.UnescapeDataString(login[0]) : "guest";
        string password = login.Length > 1 ? Uri.UnescapeDataString(login[1]) : "guest";
        string path = uri.AbsolutePath;
        string virtualHost = path.Length <= 1 ? "/" : Uri.UnescapeDataString(path[1..]);
        return new AmqpTarget(uri.Host.Trim('[', ']'), uri.Port > 0 ? uri.Port : DefaultPort, user, password, virtualHost);
    }
}
