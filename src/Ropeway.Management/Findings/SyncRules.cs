using Ropeway.Core;
using Ropeway.Core.Resources;

namespace Ropeway.Management.Findings;

/// <summary>The rule about syncs of the disk, which every confirm of a durable message waits for. Looked at once a second, measured every five. One thread at a time.</summary>
/// <param name="broker">The broker.</param>
/// <param name="board">Where it is reported.</param>
/// <param name="measure">How long commits and syncs took since the start.</param>
internal sealed class SyncRules(Broker broker, FindingBoard board, Func<(DurationSpread Commit, DurationSpread Sync)> measure)
{
    private const double SlowMsMin = 10; // Below, nobody minds.
    private const double SlowMsMax = 200; // Above, everybody does, however usual it is.
    private const double UsualFactor = 5;
    private const long SyncCountMin = 10; // A single slow one says nothing.
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly SpreadWindow _commits = new(Minute, Every);
    private readonly SpreadWindow _syncs = new(Minute, Every);
    private readonly SpreadWindow _usual = new(TimeSpan.FromDays(1), TimeSpan.FromHours(1));
    private FindingReading? _reading; // Of the last measurement.
    private DateTimeOffset _measuredAt = DateTimeOffset.MinValue;

    /// <summary>Looks at the last minute.</summary>
    public void Look()
    {
        DateTimeOffset now = broker.Time.GetUtcNow();
        if (now - _measuredAt is var age && (age >= Every || age < TimeSpan.Zero))
        {
            _measuredAt = now;
            _reading = Read(now);
        }

        if (_reading is not null)
        {
            board.Report(_reading);
        }
    }

    private FindingReading? Read(DateTimeOffset now)
    {
        (DurationSpread commits, DurationSpread syncs) = measure();
        DurationSpread commitsOfMinute = _commits.Add(now, commits);
        DurationSpread syncsOfMinute = _syncs.Add(now, syncs);
        double? usualMs = _usual.Add(now, syncs).Percentile(0.5)?.TotalMilliseconds;
        if (syncsOfMinute.Count < SyncCountMin || syncsOfMinute.Percentile(0.99) is not { TotalMilliseconds: var slowMs } || usualMs is null)
        {
            return null;
        }

        double threshold = Math.Min(SlowMsMax, Math.Max(SlowMsMin, UsualFactor * usualMs.Value));
        if (slowMs <= threshold * QueueRules.ClearShare)
        {
            return null;
        }

        FindingText text = NodeTexts.SlowSyncs(slowMs, usualMs.Value, commitsOfMinute.Percentile(0.99)?.TotalMilliseconds);
        return new FindingReading(new FindingKey(FindingIds.DiskSync, null, broker.NodeName), FindingSeverity.Warn, Minute, text)
        {
            IsOver = slowMs > threshold,
            Act = new FindingAct("Open health", "/health"),
        };
    }
}
