using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using Ropeway.CommandLine;
using Ropeway.Security.Tls;

namespace Ropeway.Server;

/// <summary>All options, in the order of the help text.</summary>
internal static class ServerOptionList
{
    private static readonly string[] LevelNames = ["trace", "debug", "information", "warning", "error", "critical", "none"];

    /// <summary>All options.</summary>
    public static IReadOnlyList<ServerOption> All { get; } =
    [
        new("listen", "URL", "amqp on port 5672 and http on port 15672 of 127.0.0.1 and [::1]", "Where to listen; may be repeated and replaces the defaults. Port 0 picks a free port.",
            static (options, values) => options with { Listen = [.. values.Select(ListenUrl.Parse)] })
        {
            IsRepeatable = true,
        },
        new("data-dir", "PATH", "./ropeway-data", "Directory of the store; made when it does not exist.",
            static (options, values) => options with { DataDirectory = NotEmpty(values[0]) }),
        new("config", "FILE", "none", "Configuration file (JSON) with the options by these names.",
            static (options, values) => options with { ConfigFile = NotEmpty(values[0]) }),
        new("definitions", "FILE", "none", "Definitions (JSON, RabbitMQ's export format) that are imported at every start.",
            static (options, values) => options with { DefinitionsFile = NotEmpty(values[0]) }),
        new("log-level", "LEVEL", "information", "Least severe level that is logged: " + string.Join(", ", LevelNames) + ".",
            static (options, values) => options with { LogLevel = Level(values[0]) }),
        new("frame-max", "BYTES", "131072", "Largest AMQP frame offered to clients, in bytes, 4096 to 262144.",
            static (options, values) => options with { FrameBytesMax = Number(values[0], 4_096, 262_144) }),
        new("channel-max", "COUNT", "2047", "Highest channel number offered to clients, 1 to 65535.",
            static (options, values) => options with { ChannelMax = Number(values[0], 1, ushort.MaxValue) }),
        new("heartbeat", "SECONDS", "60", "Heartbeat interval offered to clients, in seconds, 0 (none) to 65535.",
            static (options, values) => options with { Heartbeat = TimeSpan.FromSeconds(Number(values[0], 0, ushort.MaxValue)) }),
        new("max-message-bytes", "BYTES", "134217728", "Largest message body accepted, in bytes, 1 to 536870912.",
            static (options, values) => options with { MessageBytesMax = Number(values[0], 1, 536_870_912) }),
        new("connections-max", "COUNT", "65536", "How many connections may be open at once, 1 to 1000000; one more is closed at once.",
            static (options, values) => options with { ConnectionsMax = Number(values[0], 1, 1_000_000) }),
        new("memory-high-watermark", "SHARE or BYTES", "0.6", "Memory of the process beyond which publishers wait: a share of the machine's (0.6) or an amount (2GB); 0 stops all publishers.",
            static (options, values) => options with { MemoryHighWatermark = MemoryWatermark.Parse(values[0]) }),
        new("disk-free-limit", "BYTES", "50MB", "Free disk space below which publishers wait, in bytes or with a unit (50MB, 1GiB); 0 is no limit.",
            static (options, values) => options with { DiskFreeLimitBytes = ByteCount.Parse(values[0]) }),
        new("scrub-rate", "BYTES", "4MiB", "Bytes a second that are read in the background to find damaged files, in bytes or with a unit (4MiB); 0 finds none.",
            static (options, values) => options with { ScrubBytesPerSecond = ByteCount.Parse(values[0]) }),
        new("scrub-interval", "HOURS", "24", "Time from the end of one such pass over all files to the next, in hours, 1 to 8760; the first begins an hour after the start.",
            static (options, values) => options with { ScrubInterval = TimeSpan.FromHours(Number(values[0], 1, 8_760)) }),
        new("otlp-endpoint", "URL", "none", "Where metrics and traces are sent (OTLP), for example http://127.0.0.1:4318; OTEL_ variables say the rest.",
            static (options, values) => options with { OtlpEndpoint = HttpUrl(values[0]) })
        {
            OtherEnvironmentName = "OTEL_EXPORTER_OTLP_ENDPOINT",
        },
        new("tracing", "SHARE", "0", "Share of the messages that are traced, 0 (none) to 1 (all); it can be changed at run time.",
            static (options, values) => options with { TracingShare = Share(values[0]) }),
        new("handshake-timeout", "SECONDS", "10", "Time from the accept until a client must have logged in, in seconds, 1 to 3600.",
            static (options, values) => options with { HandshakeTimeout = TimeSpan.FromSeconds(Number(values[0], 1, 3_600)) }),
        new("stop-timeout", "SECONDS", "5", "Time for clients to say goodbye when the server stops, in seconds, 0 to 3600.",
            static (options, values) => options with { StopTimeout = TimeSpan.FromSeconds(Number(values[0], 0, 3_600)) }),
        new("tls-certificate", "FILE", "none", "Certificate of TLS listeners with those up to its root behind it: PEM, or PKCS #12 (PFX).",
            static (options, values) => options with { TlsCertificateFile = NotEmpty(values[0]) }),
        new("tls-key", "FILE", "in the certificate's file", "Key of the certificate: PEM.",
            static (options, values) => options with { TlsKeyFile = NotEmpty(values[0]) }),
        new("tls-key-password", "TEXT", "none", "Opens an encrypted key or PFX; better given by the environment than on the command line.",
            static (options, values) => options with { TlsKeyPassword = NotEmpty(values[0]) })
        {
            IsSecret = true,
        },
        new("tls-server-name", "NAME=FILE", "none", "Another certificate for clients that ask for this name (SNI), PEM with its key or PFX; may be repeated.",
            static (options, values) => options with { TlsServerNames = [.. values.Select(ServerName)] })
        {
            IsRepeatable = true,
        },
        new("tls-ca", "FILE", "none", "Authorities that may sign certificates of clients: PEM.",
            static (options, values) => options with { TlsCaFile = NotEmpty(values[0]) }),
        new("tls-verify-peer", "BOOL", "false", "Asks clients for a certificate and refuses one that is not valid: true or false.",
            static (options, values) => options with { TlsVerifyPeer = Flag(values[0]) }),
        new("tls-fail-if-no-peer-cert", "BOOL", "false", "Refuses clients without a certificate: true or false.",
            static (options, values) => options with { TlsFailIfNoPeerCertificate = Flag(values[0]) }),
        new("tls-login-from", "NAME", "distinguished-name", "Which name in a client's certificate is the user's (EXTERNAL): distinguished-name, common-name or alternative-name.",
            static (options, values) => options with { TlsLoginFrom = LoginFrom(values[0]) }),
        new("tls-versions", "VERSION", "1.2 and 1.3", "TLS version that is spoken, 1.2 or 1.3; may be repeated.",
            static (options, values) => options with { TlsVersions = values.Select(Version).Aggregate(SslProtocols.None, static (all, one) => all | one) })
        {
            IsRepeatable = true,
        },
        new("default-user", "NAME", "guest, from loopback only", "User made at the first start.",
            static (options, values) => options with { DefaultUser = NotEmpty(values[0]) })
        {
            OtherEnvironmentName = "RABBITMQ_DEFAULT_USER",
        },
        new("default-pass", "TEXT", "guest", "Password of the user made at the first start; better given by the environment than on the command line.",
            static (options, values) => options with { DefaultPassword = NotEmpty(values[0]) })
        {
            OtherEnvironmentName = "RABBITMQ_DEFAULT_PASS",
            IsSecret = true,
        },
        new("default-vhost", "NAME", "/", "Virtual host made at the first start.",
            static (options, values) => options with { DefaultVirtualHost = NotEmpty(values[0]) })
        {
            OtherEnvironmentName = "RABBITMQ_DEFAULT_VHOST",
        },
    ];

    /// <summary>The option of that name, or null. Names are compared as they are written.</summary>
    public static ServerOption? Find(string name)
    {
        foreach (ServerOption option in All)
        {
            if (option.Name == name)
            {
                return option;
            }
        }

        return null;
    }

    /// <summary>The known name most like <paramref name="name"/>, or null when none is near.</summary>
    public static string? Nearest(string name) => NearestName.Find(name, All.Select(option => option.Name));

    private static string NotEmpty(string text) => text.Length > 0 ? text : throw new FormatException("it must not be empty");

    private static int Number(string text, int min, int max) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, null, out int number) && number >= min && number <= max
            ? number
            : throw new FormatException($"a whole number from {min} to {max} is expected");

    private static Uri HttpUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
        ? url
        : throw new FormatException("a URL such as http://127.0.0.1:4318 is expected");

    private static double Share(string text) =>
        double.TryParse(text, System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out double share) && share is >= 0 and <= 1
            ? share
            : throw new FormatException("a number from 0 to 1 is expected");

    private static bool Flag(string text) => text switch
    {
        "true" => true,
        "false" => false,
        _ => throw new FormatException("true or false is expected"),
    };

    private static SslProtocols Version(string text) => text switch
    {
        "1.2" => SslProtocols.Tls12,
        "1.3" => SslProtocols.Tls13,
        _ => throw new FormatException("1.2 or 1.3 is expected"),
    };

    private static CertificateLogin LoginFrom(string text) => text switch
    {
        "distinguished-name" => CertificateLogin.DistinguishedName,
        "common-name" => CertificateLogin.CommonName,
        "alternative-name" => CertificateLogin.AlternativeName,
        _ => throw new FormatException("distinguished-name, common-name or alternative-name is expected"),
    };

    private static TlsServerName ServerName(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && equals < text.Length - 1
            ? new TlsServerName(text[..equals], text[(equals + 1)..])
            : throw new FormatException("NAME=FILE is expected");
    }

    private static LogLevel Level(string text)
    {
        int level = Array.IndexOf(LevelNames, text.ToLowerInvariant());
        return level >= 0 ? (LogLevel)level : throw new FormatException("one of " + string.Join(", ", LevelNames) + " is expected");
    }
}
