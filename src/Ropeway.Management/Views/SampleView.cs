namespace Ropeway.Management.Views;

/// <summary>A number at a time.</summary>
/// <param name="Sample">The number.</param>
/// <param name="Timestamp">In milliseconds since the Unix epoch.</param>
internal sealed record SampleView(long Sample, long Timestamp);
