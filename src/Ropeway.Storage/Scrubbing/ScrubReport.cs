namespace Ropeway.Storage;

/// <summary>What the background scrubbing has done and found since the store was opened. Immutable.</summary>
/// <param name="PassCount">Passes over all files at rest that are complete.</param>
/// <param name="ReadBytes">Bytes read and tested.</param>
/// <param name="LastPass">When the last complete pass ended; null when there was none.</param>
/// <param name="Damages">What was found damaged, each place once; the newest 1,000.</param>
public sealed record ScrubReport(long PassCount, long ReadBytes, DateTimeOffset? LastPass, IReadOnlyList<StoreDamage> Damages);
