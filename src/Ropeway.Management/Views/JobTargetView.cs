namespace Ropeway.Management.Views;

/// <summary>Where a job sends messages.</summary>
internal sealed record JobTargetView(string? Queue, string? Exchange, string? RoutingKey);
