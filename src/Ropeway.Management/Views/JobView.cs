namespace Ropeway.Management.Views;

/// <summary>A job with many messages.</summary>
internal sealed record JobView(
    string Id,
    string Kind,
    string State,
    long Done,
    long Failed,
    long Scanned,
    long? Total,
    int? Rate,
    bool DryRun,
    string User,
    JobSourceView Source,
    JobTargetView? Target,
    JobResultView Result,
    string? Error,
    DateTimeOffset Started,
    DateTimeOffset? Ended,
    DateTimeOffset? UndoUntil,
    bool Undone);
