namespace Ropeway.Management.Views;

/// <summary>One step of a message in a queue; without a time when it is not known.</summary>
internal sealed record TracedStepView(string What, DateTimeOffset? At, string? Detail);
