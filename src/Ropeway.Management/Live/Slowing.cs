namespace Ropeway.Management.Live;

/// <summary>Publishers have to wait. Immutable.</summary>
/// <param name="VirtualHost">Those of one virtual host; null for all.</param>
/// <param name="Reason">Why.</param>
/// <param name="Since">Since when.</param>
internal sealed record Slowing(string? VirtualHost, string Reason, DateTimeOffset Since);
