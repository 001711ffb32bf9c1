using System.Security.Authentication;

namespace Ropeway.Security.Tls;

/// <summary>How a listener speaks TLS. Immutable.</summary>
public sealed record TlsOptions
{
    /// <summary>The certificate, with those between it and its root behind it: PEM, or PKCS #12 (PFX).</summary>
    public required string CertificateFile { get; init; }

    /// <summary>The certificate's key: PEM. Null when it is in <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Opens the key or the PFX; null when they are not encrypted.</summary>
    public string? KeyPassword { get; init; }

    /// <summary>Certificates for other names that clients may ask for (SNI).</summary>
    public IReadOnlyList<TlsServerName> ServerNames { get; init; } = [];

    /// <summary>Who may sign certificates of clients: PEM. Needed to verify them.</summary>
    public string? CaFile { get; init; }

    /// <summary>Ask clients for a certificate, and refuse one that is not valid.</summary>
    public bool VerifyPeer { get; init; }

    /// <summary>Refuse clients without a certificate.</summary>
    public bool FailIfNoPeerCertificate { get; init; }

    /// <summary>The versions that are spoken.</summary>
    public SslProtocols Versions { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>All files, to see when one changes.</summary>
    internal IEnumerable<string> Files =>
        new[] { CertificateFile, KeyFile, CaFile }.Concat(ServerNames.Select(name => name.CertificateFile)).OfType<string>();
}
