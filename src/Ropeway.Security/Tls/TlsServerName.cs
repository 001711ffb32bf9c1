namespace Ropeway.Security.Tls;

/// <summary>A certificate for one name.</summary>
/// <param name="Name">As clients ask for it, in any case; <c>*.example.org</c> stands for one more word.</param>
/// <param name="CertificateFile">PEM with certificate and key, or PKCS #12 (PFX), with the password of the main one.</param>
public sealed record TlsServerName(string Name, string CertificateFile);
