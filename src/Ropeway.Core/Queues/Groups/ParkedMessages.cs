using Ropeway.Storage;

namespace Ropeway.Core.Queues.Groups;

/// <summary>
/// Ready messages that are not offered to consumers, because each may go to one consumer only, and that one cannot take it now. In the
/// order of delivery. Part of a <see cref="ReadySet"/>; guarded by the queue's gate.
/// </summary>
/// <param name="groups">The rules that say who is parked.</param>
internal sealed class ParkedMessages(MessageGroups groups)
{
    /// <summary>Bits of an offset in a place; above them stands how many levels of priority come before.</summary>
    public const int OffsetBits = 55;

    private readonly OffsetSet _places = new();
    private readonly OffsetSet _fresh = new();

    /// <summary>The rules; null when messages have groups no more.</summary>
    public MessageGroups? Groups { get; set; } = groups;

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _places.Count == 0;

    /// <summary>The place of the message that is delivered first; <see cref="OffsetSet.None"/> when there is none.</summary>
    public long First => _places.First;

    /// <summary>Parks a message.</summary>
    public void Add(long place) => _places.Add(place);

    /// <summary>Unparks a message.</summary>
    /// <returns>False when it was not parked.</returns>
    public bool Remove(long place) => _places.Remove(place);

    /// <summary>Whether a message is parked.</summary>
    public bool Contains(long place) => _places.Contains(place);

    /// <summary>Notes that the queue's cursor has passed a message that was not delivered.</summary>
    public void AddFresh(long offset) => _fresh.Add(offset);

    /// <summary>Whether the cursor has passed a message that was never delivered.</summary>
    public bool IsFresh(long offset) => _fresh.Contains(offset);

    /// <summary>A message is ready no more.</summary>
    public void Forget(long offset, long place)
    {
        _places.Remove(place);
        _fresh.Remove(offset);
    }

    /// <summary>The place of the message that is wanted least: the oldest of the lowest level.</summary>
    /// <param name="lowest">How many levels come before the lowest.</param>
    /// <returns><see cref="OffsetSet.None"/> when there is none.</returns>
    public long FindLeast(int lowest)
    {
        for (int level = lowest; level > 0; level--)
        {
            long place = _places.NextSet((long)level << OffsetBits);
            if (place != OffsetSet.None)
            {
                return place;
            }
        }

        return _places.First;
    }

    /// <summary>Unparks all.</summary>
    /// <returns>Their places, in the order of delivery.</returns>
    public long[] TakeAll()
    {
        var places = new List<long>();
        foreach (OffsetRange range in _places.Ranges())
        {
            for (long place = range.Start; place < range.End; place++)
            {
                places.Add(place);
            }
        }

        _places.Clear();
        return [.. places];
    }

    /// <summary>No message is ready any more.</summary>
    public void Clear()
    {
        _places.Clear();
        _fresh.Clear();
    }
}
