using Ropeway.Management.Live;
using Ropeway.Management.Views;

namespace Ropeway.Management.Findings;

/// <summary>
/// What needs a look: a finding counts when it was over its threshold for a time, and until it is below four fifths of it. Looked at by one thread, in rounds;
/// any thread may ask for what the last round gave.
/// </summary>
internal sealed class FindingBoard(TimeProvider time)
{
    /// <summary>Most findings that may be snoozed.</summary>
    public const int SnoozeCountMax = 1000;

    private readonly Lock _gate = new(); // Of the snoozes.
    private readonly Dictionary<FindingKey, Snooze> _snoozes = [];
    private readonly Dictionary<FindingKey, Finding> _candidates = []; // Over the threshold, not for long enough; for the looking thread, as the next.
    private readonly Dictionary<FindingKey, Finding> _found = [];
    private readonly HashSet<FindingKey> _seen = [];
    private IReadOnlyList<Finding> _all = []; // Replaced, never changed.

    /// <summary>All findings, the worst first, snoozed ones included.</summary>
    public IReadOnlyList<Finding> All => Volatile.Read(ref _all);

    /// <summary>A rule sees something. What it does not report in a round is over.</summary>
    /// <returns>The finding when it counts, else null.</returns>
    public Finding? Report(FindingReading reading)
    {
        DateTimeOffset now = time.GetUtcNow();
        FindingKey key = reading.Key;
        if (_found.TryGetValue(key, out Finding? found))
        {
            return Keep(found with { Reading = reading });
        }

        if (!reading.IsOver)
        {
            return null;
        }

        Finding candidate = _candidates.TryGetValue(key, out Finding? known) ? known with { Reading = reading } : new Finding(reading, reading.Since ?? now);
        if (now - candidate.Since >= reading.Hold)
        {
            _candidates.Remove(key);
            return Keep(candidate);
        }

        _candidates[key] = candidate;
        _seen.Add(key);
        return null;
    }

    /// <summary>All rules have been asked.</summary>
    public void EndRound()
    {
        foreach (FindingKey key in _candidates.Keys.Concat(_found.Keys).Where(key => !_seen.Contains(key)).ToArray())
        {
            _candidates.Remove(key);
            _found.Remove(key);
        }

        _seen.Clear();
        Volatile.Write(ref _all, [.. _found.Values
            .OrderByDescending(finding => finding.Severity)
            .ThenByDescending(finding => finding.Reading.Messages)
            .ThenBy(finding => finding.Since)
            .ThenBy(finding => finding.Key.Name, StringComparer.Ordinal)]);
        lock (_gate)
        {
            DateTimeOffset now = time.GetUtcNow();
            foreach (FindingKey key in _snoozes.Where(snooze => snooze.Value.Until <= now).Select(snooze => snooze.Key).ToArray())
            {
                _snoozes.Remove(key);
            }
        }
    }

    /// <summary>Hides a finding for a time.</summary>
    /// <returns>False when too many are hidden.</returns>
    public bool TrySnooze(FindingKey key, Snooze snooze)
    {
        lock (_gate)
        {
            if (_snoozes.Count >= SnoozeCountMax && !_snoozes.ContainsKey(key))
            {
                return false;
            }

            _snoozes[key] = snooze;
            return true;
        }
    }

    /// <summary>Shows a snoozed finding again.</summary>
    /// <returns>False when the user sees none that is snoozed.</returns>
    public bool TryUnsnooze(Viewer viewer, FindingKey key)
    {
        bool isSeen = All.Any(finding => finding.Key == key && IsFor(viewer, finding));
        lock (_gate)
        {
            return isSeen && _snoozes.Remove(key);
        }
    }

    /// <summary>The findings that a user sees, the worst first, without those that are snoozed.</summary>
    public IReadOnlyList<Finding> For(Viewer viewer)
    {
        IReadOnlyList<Finding> all = All;
        lock (_gate)
        {
            return [.. all.Where(finding => IsFor(viewer, finding) && !_snoozes.ContainsKey(finding.Key))];
        }
    }

    /// <summary>The snoozed findings that a user sees.</summary>
    public IReadOnlyList<(Finding Finding, Snooze Snooze)> SnoozedFor(Viewer viewer)
    {
        lock (_gate)
        {
            return [.. All.Where(finding => IsFor(viewer, finding) && _snoozes.ContainsKey(finding.Key)).Select(finding => (finding, _snoozes[finding.Key]))];
        }
    }

    /// <summary>How many findings a user sees of each severity.</summary>
    public FindingCountsView CountsFor(Viewer viewer)
    {
        ILookup<FindingSeverity, Finding> findings = For(viewer).ToLookup(finding => finding.Severity);
        return new FindingCountsView(findings[FindingSeverity.Bad].Count(), findings[FindingSeverity.Warn].Count(), findings[FindingSeverity.Note].Count(), SnoozedFor(viewer).Count);
    }

    /// <summary>Whether a user sees a finding: monitoring sees all, others those of the virtual hosts that they may enter.</summary>
    public static bool IsFor(Viewer viewer, Finding finding) => viewer.IsMonitor || (finding.Reading.IsOfHost && viewer.Sees(finding.Key.VirtualHost!));

    private Finding Keep(Finding finding)
    {
        _found[finding.Key] = finding;
        _seen.Add(finding.Key);
        return finding;
    }
}
