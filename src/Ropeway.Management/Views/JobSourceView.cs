namespace Ropeway.Management.Views;

/// <summary>The queue that a job takes messages from.</summary>
internal sealed record JobSourceView(string Vhost, string Queue);
