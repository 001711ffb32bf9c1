namespace Ropeway.Simulation.Model;

/// <summary>What is known of one queue, from its declaration to its deletion.</summary>
internal sealed class ModelQueue(string name, QueueKind kind, ulong logId)
{
    /// <summary>The highest priority that counts in queues with priorities.</summary>
    public const int RanksMax = 2;

    public string Name { get; } = name;

    public QueueKind Kind { get; } = kind;

    /// <summary>Tells it from other queues that have had the name.</summary>
    public ulong LogId { get; } = logId;

    /// <summary>All that may be in it, by offset.</summary>
    public SortedList<long, ModelMessage> Messages { get; } = [];

    /// <summary>Ids of messages that are gone for good.</summary>
    public HashSet<long> Gone { get; } = [];

    /// <summary>Ids of dead letters that a consumer had settled and that were not there after a crash: they are gone, or where they came from.</summary>
    public HashSet<long> TakenBefore { get; } = [];

    /// <summary>Whether it is bound to the fanout exchange.</summary>
    public Promised<bool> Bound { get; } = new(false);

    /// <summary>Whether anybody has wanted messages of it.</summary>
    public bool WasAsked { get; set; }

    /// <summary>Below it a message may be flagged as redelivered that nobody has had: the delivery horizon of the last crash.</summary>
    public long FlaggedEnd { get; set; }

    /// <summary>Whether one message is to be delivered before another when both are ready.</summary>
    public static bool IsBefore(ModelMessage first, ModelMessage second) => first.Rank > second.Rank || (first.Rank == second.Rank && first.Offset < second.Offset);

    /// <summary>Forgets a message for good.</summary>
    public void Forget(ModelMessage message)
    {
        Messages.Remove(message.Offset);
        Gone.Add(message.Id);
    }

    /// <summary>The message of an id; null when there is none.</summary>
    public ModelMessage? Find(long id)
    {
        for (int i = 0; i < Messages.Count; i++)
        {
            if (Messages.Values[i].Id == id)
            {
                return Messages.Values[i];
            }
        }

        return null;
    }
}
