namespace Ropeway.Storage;

/// <summary>What a test of a segment has found.</summary>
/// <param name="IsHeaderWhole">False when the header is damaged, which costs nothing.</param>
/// <param name="IsFooterWhole">False when the footer is damaged and the batches were found by reading them all.</param>
/// <param name="BatchCount">Batches that are named.</param>
/// <param name="Damaged">Those that cannot be read.</param>
internal sealed record SegmentCheckResult(bool IsHeaderWhole, bool IsFooterWhole, int BatchCount, IReadOnlyList<SegmentEntry> Damaged);
