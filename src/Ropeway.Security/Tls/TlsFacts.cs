namespace Ropeway.Security.Tls;

/// <summary>What was agreed on for one TLS connection.</summary>
/// <param name="Version">For example <c>Tls13</c>.</param>
/// <param name="CipherSuite">Name of the cipher suite.</param>
/// <param name="ServerName">The name that the client asked for; empty when it asked for none.</param>
/// <param name="Peer">The client's certificate, which was verified; null when it gave none.</param>
public sealed record TlsFacts(string Version, string CipherSuite, string ServerName, PeerCertificate? Peer);
