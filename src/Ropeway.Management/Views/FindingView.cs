using Ropeway.Management.Findings;

namespace Ropeway.Management.Views;

/// <summary>Something that needs a look.</summary>
/// <param name="Id">What, for programs.</param>
/// <param name="Severity"><c>bad</c>, <c>warn</c> or <c>note</c>.</param>
/// <param name="Kind">What the object is.</param>
/// <param name="Vhost">Its virtual host, or null.</param>
/// <param name="Name">Its name.</param>
/// <param name="Since">Since when, in UTC.</param>
/// <param name="Fact">What is so.</param>
/// <param name="Cause">Why, or what to do.</param>
/// <param name="Messages">Messages that are concerned.</param>
/// <param name="Act">Where to go on.</param>
internal sealed record FindingView(
    string Id, string Severity, string Kind, string? Vhost, string Name, string Since, string Fact, string? Cause, long Messages, FindingActView? Act)
{
    /// <summary>Until when it is snoozed, in UTC; null when it is not.</summary>
    public string? SnoozedUntil { get; init; }

    /// <summary>Who snoozed it.</summary>
    public string? SnoozedBy { get; init; }

    /// <summary>Why.</summary>
    public string? SnoozedReason { get; init; }

    /// <summary>Makes it.</summary>
    public static FindingView Of(Finding finding) => new(
        finding.Key.Id,
        WordOf(finding.Severity),
        finding.Reading.Kind,
        finding.Key.VirtualHost,
        finding.Key.Name,
        IsoTime.Of(finding.Since),
        finding.Reading.Text.Fact,
        finding.Reading.Text.Cause,
        finding.Reading.Messages,
        finding.Reading.Act is { } act ? new FindingActView(act.Label, act.Path) : null);

    /// <summary>The word for a severity.</summary>
    public static string WordOf(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Bad => "bad",
        FindingSeverity.Warn => "warn",
        _ => "note",
    };
}
