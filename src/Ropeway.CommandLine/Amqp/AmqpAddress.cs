namespace Ropeway.CommandLine.Amqp;

/// <summary>Where a broker speaks AMQP 0-9-1.</summary>
/// <param name="Host">Name or address, without brackets.</param>
/// <param name="Port">TCP port.</param>
/// <param name="IsTls">Whether TLS is spoken.</param>
internal sealed record AmqpAddress(string Host, int Port, bool IsTls)
{
    private const int DefaultPort = 5672;
    private const int DefaultTlsPort = 5671;

    /// <inheritdoc/>
    public override string ToString() => $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}";

    /// <summary>Where a broker usually speaks it.</summary>
    public static AmqpAddress Usual(string host, bool isTls) => new(host, isTls ? DefaultTlsPort : DefaultPort, isTls);

    /// <summary>Reads <c>amqp://host:port</c> or <c>amqps://host:port</c>.</summary>
    /// <exception cref="ClientException">It is neither.</exception>
    public static AmqpAddress Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "amqp" or "amqps" && uri.Host.Length > 0
            ? new AmqpAddress(uri.Host.Trim('[', ']'), uri.Port > 0 ? uri.Port : uri.Scheme == "amqp" ? DefaultPort : DefaultTlsPort, uri.Scheme == "amqps")
            : throw ClientException.Usage($"--amqp: bad value '{text}': an address like amqp://127.0.0.1:5672 is expected");
}
