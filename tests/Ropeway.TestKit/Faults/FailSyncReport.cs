using Ropeway.TestKit.History;

namespace Ropeway.TestKit.Faults;

/// <summary>What one failing sync did.</summary>
/// <param name="Sync">Its number, from 1.</param>
/// <param name="Failed">The call and the file, or null when it was never reached.</param>
/// <param name="ExitCode">How the broker ended.</param>
/// <param name="Counts">What the clients saw.</param>
/// <param name="Violations">Promises that were broken, one text each; none in a good run.</param>
public sealed record FailSyncReport(int Sync, string? Failed, int ExitCode, HistoryCounts Counts, IReadOnlyList<string> Violations)
{
    /// <summary>The call and the kind of file, without numbers.</summary>
    public string Kind => Failed?.Split(' ') is [_, var call, var path]
        ? $"{call} {string.Concat(Path.GetFileName(path).Where(letter => !char.IsAsciiDigit(letter)))}"
        : "not reached";

    /// <inheritdoc/>
    public override string ToString()
    {
        string summary = $"sync {Sync}: {Failed ?? "not reached"}, exit code {ExitCode}, {Counts.Confirmed} confirmed, {Counts.Settled} settled, {Violations.Count} violations";
        return string.Join("\n  ", [summary, .. Violations.Take(10)]);
    }
}
