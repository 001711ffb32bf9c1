using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Queues.Browsing;

/// <summary>Says of a queue's messages in which set they are and what is known of them. Under the queue's gate.</summary>
/// <param name="queue">The queue.</param>
internal readonly struct BrowseView(Queue queue)
{
    private readonly SharedQueue? _shared = queue as SharedQueue;

    /// <summary>Messages of a set.</summary>
    public long CountOf(BrowseSet set) => set switch
    {
        BrowseSet.Held => _shared?.HeldCount ?? 0,
        BrowseSet.Delayed => _shared?.PostponedCount ?? 0,
        BrowseSet.All when _shared is not null => queue.Log.UnsettledCount,
        _ => queue.ReadyCount,
    };

    /// <summary>Whether an unsettled message is in a set.</summary>
    public bool IsIn(BrowseSet set, long offset) => set switch
    {
        BrowseSet.Waiting => _shared is null || _shared.Ready.Contains(offset),
        BrowseSet.Held => IsHeld(offset),
        BrowseSet.Delayed => IsPostponed(offset),
        _ => true,
    };

    /// <summary>Describes a message, with copies of what it needs.</summary>
    public BrowsedMessage Describe(scoped in RecordView record, scoped in StoredMessage content, ReadOnlySpan<byte> body) =>
        new(record.Offset, content.Head.TimestampMs, content.Head.ExpiresAtMs, content.Exchange.ToArray(), content.RoutingKey.ToArray(), content.Properties.ToArray(), content.BodyBytes)
        {
            IsPersistent = record.Persistent,
            Priority = content.Head.Priority,
            Tries = TriesOf(record.Offset),
            IsRedelivered = WasDelivered(record.Offset),
            DueMs = IsPostponed(record.Offset) ? MarkOf(record.Offset).DueMs : null,
            IsHeld = IsHeld(record.Offset),
            Preview = content.BodyBytes > 0 && body.IsEmpty ? null : body[..Math.Min(body.Length, BrowsedMessage.PreviewBytesMax)].ToArray(),
        };

    /// <summary>How often a message came back.</summary>
    public long TriesOf(long offset) => Math.Max(MarkOf(offset).Count, WasDelivered(offset) ? 1 : 0);

    private bool IsHeld(long offset) => _shared is not null && !_shared.IsWaiting(offset);

    private bool IsPostponed(long offset) => _shared?.Postponed is { } postponed && postponed.Contains(offset);

    /// <summary>What is held has been delivered, which says nothing of how often before.</summary>
    private bool WasDelivered(long offset) =>
        _shared is not null && (IsHeld(offset) ? offset < queue.Log.RecoveredHorizon || MarkOf(offset).Count > 0 : IsPostponed(offset) || _shared.Ready.WasDelivered(offset));

    private ReturnMark MarkOf(long offset) => queue.Log.TryGetMark(offset, out ulong mark) ? ReturnMark.From(mark) : default;
}
