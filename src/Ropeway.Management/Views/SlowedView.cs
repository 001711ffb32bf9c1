namespace Ropeway.Management.Views;

/// <summary>Publishers that have to wait.</summary>
/// <param name="Vhost">Those of one virtual host; null for all.</param>
/// <param name="Queue">Those of one queue; null for all.</param>
/// <param name="Reason">Why.</param>
/// <param name="Since">Since when, in UTC.</param>
internal sealed record SlowedView(string? Vhost, string? Queue, string Reason, string Since);
