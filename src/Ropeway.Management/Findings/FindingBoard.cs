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
    private readonly Dictionary<FindingKey, Entry> _entries = []; // For the looking thread, as the next.
    private long _round;
    private bool _hasChanged;
    private IReadOnlyList<Finding> _all = []; // Replaced, never changed.

    /// <summary>All findings, the worst first, snoozed ones included.</summary>
    public IReadOnlyList<Finding> All => Volatile.Read(ref _all);

    /// <summary>A rule sees something. What it does not report in a round is over.</summary>
    /// <returns>The finding when it counts, else null.</returns>
    public Finding? Report(FindingReading reading)
    {
        if (!_entries.TryGetValue(reading.Key, out Entry? entry))
        {
            if (!reading.IsOver)
            {
                return null;
            }

            entry = new Entry(new Finding(reading, reading.Since ?? time.GetUtcNow()));
            _entries.Add(reading.Key, entry);
        }
        else if (!entry.Counts && !reading.IsOver)
        {
            return null;
        }

        entry.Round = _round;
        if (!ReferenceEquals(entry.Finding.Reading, reading))
        {
            entry.Finding = entry.Finding with { Reading = reading };
            _hasChanged |= entry.Counts;
        }

        if (!entry.Counts && time.GetUtcNow() - entry.Finding.Since >= reading.Hold)
        {
            entry.Counts = true;
            _hasChanged = true;
        }

        return entry.Counts ? entry.Finding : null;
    }

    /// <summary>All rules have been asked.</summary>
    public void EndRound()
    {
        foreach ((FindingKey key, Entry entry) in _entries)
        {
            if (entry.Round != _round)
            {
                _entries.Remove(key); // Which leaves the enumeration valid.
                _hasChanged |= entry.Counts;
            }
        }

        _round++;
        if (_hasChanged)
        {
            _hasChanged = false;
            Volatile.Write(ref _all, [.. _entries.Values
                .Where(entry => entry.Counts)
                .Select(entry => entry.Finding)
                .OrderByDescending(finding => finding.Severity)
                .ThenByDescending(finding => finding.Reading.Messages)
                .ThenBy(finding => finding.Since)
                .ThenBy(finding => finding.Key.Name, StringComparer.Ordinal)]);
        }

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

    /// <summary>What a rule has reported in the last round or this one.</summary>
    private sealed class Entry(Finding finding)
    {
        public Finding Finding { get; set; } = finding;

        /// <summary>Over the threshold for long enough; else it does not count yet.</summary>
        public bool Counts { get; set; }

        /// <summary>When it was last reported.</summary>
        public long Round { get; set; }
    }
}
