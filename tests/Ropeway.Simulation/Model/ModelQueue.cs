namespace Ropeway.Simulation.Model;

/// <summary>What is known of one queue, from its declaration to its deletion.</summary>
internal sealed class ModelQueue(string name, QueueKind kind, ulong logId)
{
    /// <summary>The highest priority that counts in queues with priorities.</summary>
    public const int RanksMax = 2;

    public string Name { get; } = name;

    public QueueKind Kind { get; } = kind;

    /// <summary>Whether what comes back waits before it is delivered again.</summary>
    public bool HasRetry => Kind == QueueKind.Patient || (Kind == QueueKind.Grouped && Name.EndsWith('1'));

    /// <summary>Whether messages with a higher priority come first.</summary>
    public bool HasPriorities => Kind == QueueKind.Ranked || (Kind == QueueKind.Grouped && Name.EndsWith('2'));

    /// <summary>Tells it from other queues that have had the name.</summary>
    public ulong LogId { get; } = logId;

    /// <summary>How old its messages become in a stream that is limited by that, in milliseconds; else 0.</summary>
    public long MaxAgeMs { get; init; }

    /// <summary>Below it the messages of a stream are known to be readable.</summary>
    public long ReadableEnd { get; set; }

    /// <summary>All that may be in it, by offset.</summary>
    public SortedList<long, ModelMessage> Messages { get; } = [];

    /// <summary>Ids of messages that are gone for good.</summary>
    public HashSet<long> Gone { get; } = [];

    /// <summary>Ids of dead letters that a consumer had settled and that were not there after a crash: they are gone, or where they came from.</summary>
    public HashSet<long> TakenBefore { get; } = [];

    /// <summary>The ids that it has taken, when it takes each once.</summary>
    public TakenIds Taken { get; } = new();

    /// <summary>Whether it is bound to the fanout exchange.</summary>
    public Promised<bool> Bound { get; } = new(false);

    /// <summary>Whether anybody has wanted messages of it.</summary>
    public bool WasAsked { get; set; }

    /// <summary>Below it a message may be flagged as redelivered that nobody has had: the delivery horizon of the last crash.</summary>
    public long FlaggedEnd { get; set; }

    /// <summary>Whether one message is to be delivered before another when both are ready.</summary>
    public static bool IsBefore(ModelMessage first, ModelMessage second) => first.Rank > second.Rank || (first.Rank == second.Rank && first.Offset < second.Offset);

    /// <summary>
    /// Whether a stream may have dropped a message: with a limit of bytes all but the newest, with one of age what lies with something that
    /// is too old, or in front of it. (With a clock that goes back, what is older may lie behind what is younger.)
    /// </summary>
    public bool MayDrop(ModelMessage message)
    {
        for (int i = Messages.Count - 1; i >= 0 && Messages.Keys[i] >= message.Offset; i--)
        {
            if (Messages.Values[i].MayLeave || (MaxAgeMs == 0 && Messages.Keys[i] > message.Offset))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a message must not be delivered because of its group: somebody else holds one of it, or one of it waits before it is delivered again.</summary>
    /// <param name="message">The message.</param>
    /// <param name="taker">Who would get it; null for who asks for one message.</param>
    public bool IsBlocked(ModelMessage message, object? taker) => IsGroupHeld(message, taker, other => other.Returns.DueMs != 0 && !other.MayLeave);

    /// <summary>Whether a message need not be delivered because of its group: as above, or one of it may still wait.</summary>
    public bool MayBePassed(ModelMessage message, object? taker) => IsGroupHeld(message, taker, other => other.Returns.IsOutOfOrder);

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

    private bool IsGroupHeld(ModelMessage message, object? taker, Predicate<ModelMessage> isPostponed) => message.Group is not null && Messages.Values.Any(
        other => other.Group == message.Group && other != message && (other.State == MessageState.Held ? other.Taker != taker : other.State == MessageState.Ready && isPostponed(other)));
}
