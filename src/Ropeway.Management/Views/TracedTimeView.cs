namespace Ropeway.Management.Views;

/// <summary>A time in a message's life, or why it is not known.</summary>
internal sealed record TracedTimeView(DateTimeOffset? At, string? Note);
