namespace Ropeway.Management.Views;

/// <summary>A traced message in one queue.</summary>
internal sealed record TracedStayView(string Queue, long Sequence, DateTimeOffset StoredAt, IReadOnlyList<TracedStepView> Steps);
