using Ropeway.Core;

namespace Ropeway.Management.Live;

/// <summary>How long commits and syncs took in the last seconds. Any thread.</summary>
internal sealed class CommitTimes(Broker broker)
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private CommitFigures _figures;
    private Func<CommitFigures>? _measure;
    private long _measuredAt;

    /// <summary>The figures of the last seconds, in milliseconds; null where there was no commit.</summary>
    public CommitFigures Measure()
    {
        lock (_gate)
        {
            if (_measure is null || broker.Time.GetElapsedTime(_measuredAt) >= Age)
            {
                _figures = _measure?.Invoke() ?? default;
                _measuredAt = broker.Time.GetTimestamp();
                _measure = Begin();
            }

            return _figures;
        }
    }

    /// <summary>From now on until it is called.</summary>
    private Func<CommitFigures> Begin()
    {
        var before = broker.Durability.MeasureCommits();
        return () =>
        {
            var now = broker.Durability.MeasureCommits();
            var commits = now.Commit.Since(before.Commit);
            var syncs = now.Sync.Since(before.Sync);
            return new CommitFigures(Ms(commits.Percentile(0.5)), Ms(commits.Percentile(0.99)), Ms(syncs.Percentile(0.5)), Ms(syncs.Percentile(0.99)));
        };
    }

    private static double? Ms(TimeSpan? duration) => duration is { } known ? Math.Round(known.TotalMilliseconds, 2) : null;
}
