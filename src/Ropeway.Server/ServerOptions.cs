using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using Ropeway.Security.Tls;

namespace Ropeway.Server;

/// <summary>
/// Everything that can be configured, with the values that hold when nothing is configured. Immutable; made once at start by
/// <see cref="ServerConfiguration"/>. <c>docs/operations/configuration.md</c> describes each option for operators.
/// </summary>
public sealed record ServerOptions
{
    /// <summary>Where to listen; null means AMQP on port 5672 and HTTP on port 15672 of the loopback addresses.</summary>
    public IReadOnlyList<ListenUrl>? Listen { get; init; }

    /// <summary>Directory of the store; made when it does not exist.</summary>
    public string DataDirectory { get; init; } = "./ropeway-data";

    /// <summary>The configuration file that was read, or null.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>File with definitions that are imported at every start, or null.</summary>
    public string? DefinitionsFile { get; init; }

    /// <summary>Lines below this level are not logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Largest AMQP frame offered to clients, header and end octet included, in bytes; 4,096 to 262,144.</summary>
    public int FrameBytesMax { get; init; } = 131_072;

    /// <summary>Highest channel number offered to clients; 1 to 65,535.</summary>
    public int ChannelMax { get; init; } = 2_047;

    /// <summary>Heartbeat interval offered to clients; zero means none.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Largest message body accepted, in bytes.</summary>
    public int MessageBytesMax { get; init; } = 134_217_728;

    /// <summary>How many connections may be open at once.</summary>
    public int ConnectionsMax { get; init; } = 65_536;

    /// <summary>Memory of the process beyond which publishers wait.</summary>
    public MemoryWatermark MemoryHighWatermark { get; init; } = new(Share: 0.6, Bytes: 0);

    /// <summary>Free disk space below which publishers wait, in bytes; 0 for no limit.</summary>
    public long DiskFreeLimitBytes { get; init; } = 50_000_000;

    /// <summary>Bytes a second that are read in the background to find damaged files; 0 for none.</summary>
    public long ScrubBytesPerSecond { get; init; } = 4 * 1024 * 1024;

    /// <summary>Time from the end of one such pass to the next.</summary>
    public TimeSpan ScrubInterval { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Where metrics and traces are sent; null for nowhere.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Share of the messages that are traced, 0 to 1; it can be changed at run time.</summary>
    public double TracingShare { get; init; }

    /// <summary>Time from the accept until a client must have logged in.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time for clients to say goodbye when the server stops.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Certificate of TLS listeners, PEM or PFX; null when there is none.</summary>
    public string? TlsCertificateFile { get; init; }

    /// <summary>Its key, PEM; null when it is in the certificate's file.</summary>
    public string? TlsKeyFile { get; init; }

    /// <summary>Opens the key or the PFX; null when they are not encrypted.</summary>
    public string? TlsKeyPassword { get; init; }

    /// <summary>Certificates for other server names.</summary>
    public IReadOnlyList<TlsServerName> TlsServerNames { get; init; } = [];

    /// <summary>Who may sign certificates of clients, PEM; or null.</summary>
    public string? TlsCaFile { get; init; }

    /// <summary>Whether clients are asked for a certificate, which must then be valid.</summary>
    public bool TlsVerifyPeer { get; init; }

    /// <summary>Whether clients without a certificate are refused.</summary>
    public bool TlsFailIfNoPeerCertificate { get; init; }

    /// <summary>Which name in a client's certificate is the user's.</summary>
    public CertificateLogin TlsLoginFrom { get; init; }

    /// <summary>TLS versions that are spoken.</summary>
    public SslProtocols TlsVersions { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>User made at the first start; null means guest, allowed from loopback only.</summary>
    public string? DefaultUser { get; init; }

    /// <summary>Password of that user; null means guest.</summary>
    public string? DefaultPassword { get; init; }

    /// <summary>Virtual host made at the first start; null means <c>/</c>.</summary>
    public string? DefaultVirtualHost { get; init; }
}
