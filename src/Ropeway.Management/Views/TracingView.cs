namespace Ropeway.Management.Views;

/// <summary>Whether messages are traced.</summary>
/// <param name="Ratio">Share of the messages, 0 (off) to 1.</param>
/// <param name="RememberedMax">How many messages are remembered at most.</param>
/// <param name="DroppedSpans">Spans that were left out because too many ended at once.</param>
internal sealed record TracingView(double Ratio, int RememberedMax, long DroppedSpans);
