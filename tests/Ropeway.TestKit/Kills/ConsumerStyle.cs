namespace Ropeway.TestKit.Kills;

/// <summary>How a consumer of a kill run behaves. "One in n" values of 0 mean never.</summary>
internal sealed record ConsumerStyle
{
    public required string Queue { get; init; }

    public ushort Prefetch { get; init; } = 100;

    /// <summary>Alone on its queue and never requeues.</summary>
    public bool IsStrict { get; init; }

    /// <summary>Fetches with get in place of consuming.</summary>
    public bool Fetches { get; init; }

    /// <summary>Acks many with one multiple ack.</summary>
    public bool AcksMultiple { get; init; }

    /// <summary>Its acks are settled by the confirm of a publish on the same channel, not by a synchronous reply.</summary>
    public bool SettlesByPublish { get; init; }

    /// <summary>One in so many messages is requeued.</summary>
    public int RequeueOneIn { get; init; }

    /// <summary>One in so many messages stays unacked for a while.</summary>
    public int HoldOneIn { get; init; } = 25;

    /// <summary>One in so many rounds recovers the channel.</summary>
    public int RecoverOneIn { get; init; }

    /// <summary>One in so many rounds closes the channel and opens it again.</summary>
    public int ReopenOneIn { get; init; }

    /// <summary>One in so many rounds drops the connection.</summary>
    public int DropOneIn { get; init; }
}
