namespace Ropeway.TestKit.History;

/// <summary>One consumer on one channel, from its first delivery to its end.</summary>
internal sealed class TrackedSession(int id, TrackedQueue queue, bool isStrict)
{
    public int Id { get; } = id;

    public TrackedQueue Queue { get; } = queue;

    /// <summary>All its deliveries must be in publish order, not only first deliveries.</summary>
    public bool IsStrict { get; } = isStrict;

    public bool HasEnded { get; set; }

    public bool IsGone { get; set; }

    /// <summary>Its consumer does not react any more: what still comes was sent before the broker knew.</summary>
    public bool IsStale { get; set; }

    /// <summary>Unanswered deliveries by tag.</summary>
    public SortedDictionary<ulong, (TrackedStream Stream, long Sequence)> Held { get; } = [];

    /// <summary>Written acks that nothing covers yet, oldest first.</summary>
    public Queue<(TrackedStream Stream, long Sequence)> Unsettled { get; } = new();

    /// <summary>Acks written since the session began.</summary>
    public long AckCount { get; set; }

    /// <summary>Acks settled since the session began.</summary>
    public long SettledCount { get; set; }

    /// <summary>Last sequence by producer, for the order.</summary>
    public Dictionary<int, long> LastSequence { get; } = [];

    /// <summary>Takes the deliveries that an answer to a tag covers.</summary>
    public List<(TrackedStream Stream, long Sequence)> TakeHeld(ulong tag, bool isMultiple)
    {
        var taken = new List<(TrackedStream, long)>();
        if (!isMultiple)
        {
            if (Held.Remove(tag, out (TrackedStream, long) one))
            {
                taken.Add(one);
            }

            return taken;
        }

        while (Held.Count > 0 && Held.First() is var first && first.Key <= tag)
        {
            Held.Remove(first.Key);
            taken.Add(first.Value);
        }

        return taken;
    }
}
