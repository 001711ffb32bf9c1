namespace Ropeway.Simulation.Model;

/// <summary>A message that is held back until its time has come, and then in the queue for such messages.</summary>
/// <param name="id">Unique among all publishes; in the body.</param>
/// <param name="dueMs">When it may be there, in milliseconds since the Unix epoch.</param>
/// <param name="isPersistent">False: it may not survive a restart.</param>
internal sealed class LateMessage(long id, long dueMs, bool isPersistent)
{
    public long Id { get; } = id;

    public long DueMs { get; } = dueMs;

    public bool IsPersistent { get; } = isPersistent;

    /// <summary>Its publisher was told that it is safe, or it has survived a crash.</summary>
    public bool IsConfirmed { get; private set; }

    /// <summary>The last message that was published before its time came; null before that.</summary>
    public long? PassableAfter { get; private set; }

    /// <summary>Where it was seen in the queue; null while it has not been.</summary>
    public ModelMessage? Seen { get; set; }

    public void Confirm()
    {
        IsConfirmed = true;
        if (Seen is { } seen)
        {
            seen.IsConfirmed = true;
        }
    }

    /// <summary>The time of day has changed.</summary>
    public void NoteTime(long nowMs, long lastId)
    {
        if (nowMs >= DueMs)
        {
            PassableAfter ??= lastId;
        }
    }

    /// <summary>Whether it comes before another one that has waited at the same time: its time is earlier, or the same and it was published first.</summary>
    public bool IsBefore(LateMessage other) =>
        (DueMs < other.DueMs || (DueMs == other.DueMs && Id < other.Id)) && !(other.PassableAfter < Id);

    public override string ToString() => $"delayed message {Id}, due at {DueMs}{(IsConfirmed ? ", confirmed" : "")}";
}
