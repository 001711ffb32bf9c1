using System.Diagnostics;

namespace Ropeway.Storage;

/// <summary>Delivery horizons on their way to the disk. A mutable struct in one field of its <see cref="StoredLog"/>.</summary>
/// <remarks>
/// Besides the durable one it follows the one asked for last and at most one earlier: a third replaces the last, so the durable
/// horizon may be reported late but never too high.
/// </remarks>
internal struct HorizonTrack
{
    private HorizonsUnderway? _underway; // Made when needed and kept until the log is idle: most of very many logs are.

    public HorizonTrack(long horizon)
    {
        Durable = horizon;
    }

    public long Durable { get; private set; }

    public readonly long Pending => PendingIndex == 0 ? Durable : _underway!.Last;

    /// <summary>Index of the pending horizon; 0 when it is durable.</summary>
    public readonly ulong PendingIndex => _underway?.LastIndex ?? 0;

    public void Add(long horizon, ulong index, ulong committedIndex)
    {
        Debug.Assert(index != 0, "Whatever is journalled has an index.");
        Roll(committedIndex);
        HorizonsUnderway underway = _underway ??= new HorizonsUnderway();
        if (horizon < Pending)
        {
            Durable = Math.Min(Durable, horizon); // Lowered: it counts at once, whatever higher ones are on their way.
            underway.LastIndex = 0;
            underway.EarlierIndex = 0;
        }

        if (underway.LastIndex != 0 && underway.EarlierIndex == 0)
        {
            underway.Earlier = underway.Last;
            underway.EarlierIndex = underway.LastIndex;
        }

        underway.Last = horizon;
        underway.LastIndex = index;
    }

    public void Roll(ulong committedIndex)
    {
        if (_underway is not { LastIndex: not 0 } underway)
        {
            return;
        }

        if (underway.LastIndex <= committedIndex)
        {
            Durable = underway.Last;
            underway.LastIndex = 0;
            underway.EarlierIndex = 0;
        }
        else if (underway.EarlierIndex != 0 && underway.EarlierIndex <= committedIndex)
        {
            Durable = underway.Earlier;
            underway.EarlierIndex = 0;
        }
    }

    /// <summary>Gives back memory that an idle log does not need.</summary>
    public void TrimIdle()
    {
        if (PendingIndex == 0)
        {
            _underway = null;
        }
    }

    /// <summary>What was asked for and is not known to be durable. An index of 0 stands for none.</summary>
    private sealed class HorizonsUnderway
    {
        public long Last;
        public ulong LastIndex;
        public long Earlier;
        public ulong EarlierIndex;
    }
}
