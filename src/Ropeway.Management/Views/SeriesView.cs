namespace Ropeway.Management.Views;

/// <summary>Samples for a chart.</summary>
/// <param name="StepS">Seconds from one value to the next.</param>
/// <param name="End">When the last value was measured, ISO 8601 in UTC.</param>
/// <param name="Series">Values by their names, the oldest first; all equally many, null for a gap.</param>
internal sealed record SeriesView(int StepS, string End, IReadOnlyDictionary<string, double?[]> Series);
