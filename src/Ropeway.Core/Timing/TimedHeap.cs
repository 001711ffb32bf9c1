using System.Diagnostics;

namespace Ropeway.Core.Timing;

/// <summary>Items ordered by their deadlines: a binary heap whose items know their places, so that moving and removing one is cheap. Not thread-safe.</summary>
internal sealed class TimedHeap
{
    private Timed?[] _items = new Timed?[16];

    /// <summary>Items in it.</summary>
    public int Count { get; private set; }

    /// <summary>The item that is due first; null when there is none.</summary>
    public Timed? First => _items[0];

    /// <summary>Adds an item, or moves it.</summary>
    public void Set(Timed item, long dueMs)
    {
        item.DueMs = dueMs;
        if (item.Place < 0)
        {
            if (Count == _items.Length)
            {
                Array.Resize(ref _items, Count * 2);
            }

            Put(item, Count++);
        }

        Debug.Assert(ReferenceEquals(_items[item.Place], item), "An item is in one heap only.");
        Settle(item);
    }

    /// <summary>Takes an item out; nothing happens when it is not in.</summary>
    public void Remove(Timed item)
    {
        if (item.Place < 0)
        {
            return;
        }

        int hole = item.Place;
        item.Place = -1;
        Timed last = _items[--Count]!;
        _items[Count] = null;
        if (!ReferenceEquals(last, item))
        {
            Put(last, hole);
            Settle(last);
        }
    }

    /// <summary>Moves an item up or down to where it belongs.</summary>
    private void Settle(Timed item)
    {
        while (item.Place > 0 && _items[(item.Place - 1) / 2]!.DueMs > item.DueMs)
        {
            Swap(item, (item.Place - 1) / 2);
        }

        for (int child = EarlierChild(item.Place); child < Count && _items[child]!.DueMs < item.DueMs; child = EarlierChild(item.Place))
        {
            Swap(item, child);
        }
    }

    private int EarlierChild(int place)
    {
        int left = (place * 2) + 1;
        return left + 1 < Count && _items[left + 1]!.DueMs < _items[left]!.DueMs ? left + 1 : left;
    }

    private void Swap(Timed item, int place)
    {
        Put(_items[place]!, item.Place);
        Put(item, place);
    }

    private void Put(Timed item, int place)
    {
        _items[place] = item;
        item.Place = place;
    }
}
