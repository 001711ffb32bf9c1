namespace Ropeway.TestKit.History;

/// <summary>Totals of a run.</summary>
public sealed record HistoryCounts
{
    public long Published { get; internal set; }

    public long Confirmed { get; internal set; }

    public long Delivered { get; internal set; }

    public long Redelivered { get; internal set; }

    public long Settled { get; internal set; }

    /// <summary>Unconfirmed at a crash: in flight.</summary>
    public long InFlightAtCrashes { get; internal set; }

    /// <summary>Acks not covered by a reply whose message came again. Allowed.</summary>
    public long UncoveredAcksBack { get; internal set; }

    /// <summary>Flagged although no consumer reported them; a dying consumer may have had them. Allowed.</summary>
    public long FlaggedUnseen { get; internal set; }

    /// <summary>Published, never confirmed, and delivered all the same. Allowed.</summary>
    public long UnconfirmedDelivered { get; internal set; }
}
