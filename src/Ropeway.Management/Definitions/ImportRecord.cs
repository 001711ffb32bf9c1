using Ropeway.Management.Views;

namespace Ropeway.Management.Definitions;

/// <summary>An import that has changed something, as long as it is remembered. Owned by <see cref="ImportHistory"/>, under its gate.</summary>
internal sealed class ImportRecord
{
    /// <summary>How long an import can be taken back.</summary>
    public static readonly TimeSpan UndoTime = TimeSpan.FromHours(24);

    private readonly int _addedCount;
    private readonly int _changedCount;
    private readonly int _deletedCount;

    /// <summary>Makes one.</summary>
    /// <param name="changes">All that it has changed.</param>
    public ImportRecord(IReadOnlyList<ImportChange> changes)
    {
        Changes = changes;
        Bytes = changes.Sum(change => change.Bytes);
        _addedCount = changes.Count(change => change.Former is null);
        _deletedCount = changes.Count(change => change.MadeDigest is null);
        _changedCount = changes.Count - _addedCount - _deletedCount;
    }

    /// <summary>Its name.</summary>
    public required string Id { get; init; }

    /// <summary>When it was.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who did it.</summary>
    public required string User { get; init; }

    /// <summary>The one virtual host that it was for; null for all.</summary>
    public required string? OnlyHost { get; init; }

    /// <summary>What it has changed; nothing once it was taken back.</summary>
    public IReadOnlyList<ImportChange> Changes { get; private set; }

    /// <summary>How much memory that takes, in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether it was taken back.</summary>
    public bool IsUndone { get; private set; }

    /// <summary>When it is forgotten.</summary>
    public DateTimeOffset UndoUntil => At + UndoTime;

    /// <summary>In words, for the list of acts.</summary>
    public string Text => $"{_addedCount} added, {_changedCount} changed, {_deletedCount} deleted";

    /// <summary>It was taken back: what that took is forgotten.</summary>
    public void SetUndone()
    {
        IsUndone = true;
        Changes = [];
        Bytes = 0;
    }

    /// <summary>As the API tells it: without what was changed, so without any secret.</summary>
    public ImportView ToView() => new(Id, At, User, OnlyHost, _addedCount, _changedCount, _deletedCount, UndoUntil, IsUndone);
}
