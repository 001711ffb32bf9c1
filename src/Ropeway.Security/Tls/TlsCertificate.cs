namespace Ropeway.Security.Tls;

/// <summary>A certificate that listeners use. Immutable.</summary>
/// <param name="Subject">Whose it is.</param>
/// <param name="End">Until when it is valid.</param>
public sealed record TlsCertificate(string Subject, DateTimeOffset End);
