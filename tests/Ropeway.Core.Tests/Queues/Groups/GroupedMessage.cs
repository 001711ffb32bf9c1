using System.Globalization;

namespace Ropeway.Core.Tests.Queues.Groups;

/// <summary>A message as the model of a queue with groups knows it.</summary>
internal sealed record GroupedMessage(long Offset, string Body, string? Group, int Priority)
{
    /// <summary>Delivered, and neither settled nor returned.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Who holds it; null for somebody who is no consumer.</summary>
    public TestConsumer? Holder { get; set; }

    /// <summary>How often it came back.</summary>
    public int Count { get; set; }

    /// <summary>When it is ready again; 0 unless it was postponed.</summary>
    public long DueMs { get; set; }

    /// <summary>It must be flagged as redelivered; null when it may be.</summary>
    public bool? IsFlagged { get; set; } = false;

    public bool IsReadyAt(long nowMs) => !IsHeld && DueMs <= nowMs;

    public bool IsPostponedAt(long nowMs) => !IsHeld && DueMs > nowMs;

    public bool IsBefore(GroupedMessage other) => Priority != other.Priority ? Priority > other.Priority : Offset < other.Offset;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Body}:{Priority}{(IsHeld ? $"({Holder?.Name})" : DueMs == 0 ? null : $"[{DueMs}]")}");
}
