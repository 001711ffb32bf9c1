namespace Ropeway.Simulation.Model;

/// <summary>Where a message is, as far as clients can know.</summary>
internal enum MessageState
{
    /// <summary>In its queue, to be delivered.</summary>
    Ready,

    /// <summary>Delivered, not settled.</summary>
    Held,

    /// <summary>Its consumer has rejected it: it is on its way to the queue of dead letters.</summary>
    Leaving,

    /// <summary>It was seen in the queue of dead letters.</summary>
    Moved,

    /// <summary>Settled, which is not promised yet.</summary>
    Settled,

    /// <summary>Purged, unless it had left before.</summary>
    Purged,
}
