using System.Net;
using System.Net.Sockets;
using Ropeway.Management;

namespace Ropeway.Server;

/// <summary>A listener as configured: <c>scheme://host:port</c>.</summary>
/// <param name="Scheme">Protocol, lower case.</param>
/// <param name="Host">Address or name; IPv6 without brackets.</param>
/// <param name="Port">0 to 65535; 0 picks a free one.</param>
public sealed record ListenUrl(string Scheme, string Host, int Port)
{
    /// <summary>Schemes that this build serves, with their standard ports.</summary>
    private static readonly (string Scheme, int Port)[] Schemes = [("amqp", 5672), ("amqps", 5671), ("http", 15672), (ListeningAddress.Metrics, 15692)];

    /// <summary>Reads a URL.</summary>
    /// <exception cref="StartupException">It is malformed, or its scheme is not served.</exception>
    public static ListenUrl Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd <= 0)
        {
            throw Malformed(text, "it has no scheme");
        }

        string scheme = text[..schemeEnd].ToLowerInvariant();
        int standardPort = StandardPort(scheme, text);
        ReadOnlySpan<char> rest = text.AsSpan(schemeEnd + 3).TrimEnd('/');
        if (rest.IndexOfAny("/@?# ") >= 0)
        {
            throw Malformed(text, "only host and port may follow the scheme");
        }

        int portStart = rest.LastIndexOf(':');
        bool hasPort = portStart > rest.LastIndexOf(']');
        ReadOnlySpan<char> host = hasPort ? rest[..portStart] : rest;
        int port = standardPort;
        if (hasPort && !(int.TryParse(rest[(portStart + 1)..], System.Globalization.NumberStyles.None, null, out port) && port <= IPEndPoint.MaxPort))
        {
            throw Malformed(text, "the port must be a number from 0 to 65535");
        }

        return new ListenUrl(scheme, ParseHost(host, text), port);
    }

    /// <summary>The URL of a real address.</summary>
    public static string Format(string scheme, IPEndPoint endPoint) => $"{scheme}://{endPoint}";

    /// <summary>The addresses to listen on.</summary>
    /// <exception cref="StartupException">The host name is unknown.</exception>
    public IReadOnlyList<IPEndPoint> Resolve()
    {
        if (IPAddress.TryParse(Host, out IPAddress? address))
        {
            return [new IPEndPoint(address, Port)];
        }

        try
        {
            IPAddress[] addresses = Dns.GetHostAddresses(Host);
            return [.. addresses.Distinct().Select(found => new IPEndPoint(found, Port))];
        }
        catch (SocketException failure)
        {
            throw new StartupException(
                Server.ExitCode.ListenUrl, $"cannot listen on {this}: the host name '{Host}' is unknown; use an address such as 127.0.0.1 or [::]", failure);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"{Scheme}://[{Host}]:{Port}" : $"{Scheme}://{Host}:{Port}";

    private static int StandardPort(string scheme, string text)
    {
        foreach ((string known, int port) in Schemes)
        {
            if (known == scheme)
            {
                return port;
            }
        }

        throw new StartupException(
            Server.ExitCode.ListenScheme,
            $"cannot listen on '{text}': the scheme '{scheme}' is not supported; supported: {string.Join(", ", Schemes.Select(known => known.Scheme))}");
    }

    private static string ParseHost(ReadOnlySpan<char> host, string text)
    {
        if (host.IsEmpty)
        {
            throw Malformed(text, "it has no host");
        }

        if (host[0] == '[')
        {
            ReadOnlySpan<char> inner = host[^1] == ']' ? host[1..^1] : default;
            return IPAddress.TryParse(inner, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6
                ? inner.ToString()
                : throw Malformed(text, "an IPv6 address is expected in the brackets");
        }

        return host.Contains(':')
            ? throw Malformed(text, "an IPv6 address needs brackets, as in amqp://[::1]:5672")
            : host.ToString();
    }

    private static StartupException Malformed(string text, string reason) =>
        new(Server.ExitCode.ListenUrl, $"cannot listen on '{text}': {reason}; expected something like amqp://127.0.0.1:5672");
}
