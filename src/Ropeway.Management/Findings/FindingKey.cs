namespace Ropeway.Management.Findings;

/// <summary>What is found, and where.</summary>
/// <param name="Id">For example <c>queue.stalled</c>.</param>
/// <param name="VirtualHost">The virtual host; null when the object is in none.</param>
/// <param name="Name">The object's name.</param>
internal sealed record FindingKey(string Id, string? VirtualHost, string Name);
