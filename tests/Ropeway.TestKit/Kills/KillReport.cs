using System.Text;
using Ropeway.TestKit.History;

namespace Ropeway.TestKit.Kills;

/// <summary>What a kill run found.</summary>
public sealed record KillReport
{
    public required ulong Seed { get; init; }

    /// <summary>Kills under load.</summary>
    public required int Kills { get; init; }

    /// <summary>Kills while the broker was starting.</summary>
    public required int KillsDuringStart { get; init; }

    /// <summary>Confirmed messages before each kill under load.</summary>
    public required IReadOnlyList<long> ConfirmedPerKill { get; init; }

    /// <summary>Messages in flight at each kill under load.</summary>
    public required IReadOnlyList<long> InFlightPerKill { get; init; }

    /// <summary>Milliseconds from start to ready after each kill.</summary>
    public required IReadOnlyList<long> StartMs { get; init; }

    public required HistoryCounts Counts { get; init; }

    public required IReadOnlyList<Violation> Violations { get; init; }

    public required IReadOnlyDictionary<ViolationKind, int> ViolationCounts { get; init; }

    /// <summary>Declarations and deletions whose survival was checked.</summary>
    public required int TopologyChecks { get; init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine($"seed {Seed}: {Kills} kills under load, {KillsDuringStart} during start-up, {TopologyChecks} topology checks");
        text.AppendLine($"confirmed before each kill: {string.Join(' ', ConfirmedPerKill)}");
        text.AppendLine($"in flight at each kill: {string.Join(' ', InFlightPerKill)}");
        text.AppendLine($"start to ready, ms: {string.Join(' ', StartMs)}");
        text.AppendLine(Counts.ToString());
        text.AppendLine(ViolationCounts.Count == 0 ? "no violation" : "VIOLATIONS: " + string.Join(", ", ViolationCounts.Select(v => $"{v.Key} {v.Value}")));
        foreach (IGrouping<ViolationKind, Violation> group in Violations.GroupBy(v => v.Kind))
        {
            foreach (Violation violation in group.Take(10))
            {
                text.AppendLine("  " + violation);
            }
        }

        return text.ToString();
    }
}
