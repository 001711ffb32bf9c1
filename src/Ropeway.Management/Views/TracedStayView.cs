namespace Ropeway.Management.Views;

/// <summary>A traced message in one queue.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Sequence">The message's number there.</param>
/// <param name="StoredAt">When it came.</param>
/// <param name="From">Where it came from; null when its publisher sent it.</param>
/// <param name="Steps">What happened since.</param>
internal sealed record TracedStayView(string Queue, long Sequence, DateTimeOffset StoredAt, TracedOriginView? From, IReadOnlyList<TracedStepView> Steps);
