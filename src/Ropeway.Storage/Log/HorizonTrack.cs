namespace Ropeway.Storage;

/// <summary>Delivery horizons on their way to the disk. A mutable struct in one field of its <see cref="StoredLog"/>.</summary>
/// <remarks>
/// Besides the durable one it follows the one asked for last and at most one earlier: a third replaces the last, so the durable
/// horizon may be reported late but never too high.
/// </remarks>
internal struct HorizonTrack
{
    private long _earlier;
    private ulong _earlierIndex;

    public HorizonTrack(long horizon)
    {
        Durable = horizon;
        Pending = horizon;
    }

    public long Durable { get; private set; }

    public long Pending { get; private set; }

    /// <summary>Index of the pending horizon; 0 when it is durable.</summary>
    public ulong PendingIndex { get; private set; }

    public void Add(long horizon, ulong index, ulong committedIndex)
    {
        Roll(committedIndex);
        if (horizon < Pending)
        {
            Durable = Math.Min(Durable, horizon); // Lowered: it counts at once, whatever higher ones are on their way.
            PendingIndex = 0;
            _earlierIndex = 0;
        }

        if (PendingIndex != 0 && _earlierIndex == 0)
        {
            _earlier = Pending;
            _earlierIndex = PendingIndex;
        }

        Pending = horizon;
        PendingIndex = index;
    }

    public void Roll(ulong committedIndex)
    {
        if (PendingIndex != 0 && PendingIndex <= committedIndex)
        {
            Durable = Pending;
            PendingIndex = 0;
            _earlierIndex = 0;
        }
        else if (_earlierIndex != 0 && _earlierIndex <= committedIndex)
        {
            Durable = _earlier;
            _earlierIndex = 0;
        }
    }
}
