using System.Runtime.CompilerServices;

namespace Ropeway.Core.Routing;

/// <summary>
/// Distinct objects in the order they were added, made to be cleared and filled again without allocation. One owner at a time.
/// </summary>
/// <typeparam name="T">The objects, compared by reference.</typeparam>
internal sealed class ReferenceSet<T>
    where T : class
{
    private const int ScannedCountMax = 8;

    private T?[] _items = new T?[ScannedCountMax];
    private Slot[]? _slots; // Open addressing, at most half full; slots of another stamp are empty.
    private uint _stamp;
    private bool _indexed;

    /// <summary>Objects in the set.</summary>
    public int Count { get; private set; }

    /// <summary>The objects.</summary>
    public ReadOnlySpan<T?> Items => _items.AsSpan(0, Count);

    /// <summary>Adds an object.</summary>
    /// <returns>False when it was there already.</returns>
    public bool Add(T item)
    {
        if (Count < ScannedCountMax)
        {
            foreach (T? known in Items)
            {
                if (ReferenceEquals(known, item))
                {
                    return false;
                }
            }
        }
        else
        {
            if (!_indexed || Count * 2 >= _slots!.Length)
            {
                IndexItems();
            }

            if (!TryTakeSlot(item, Count))
            {
                return false;
            }
        }

        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        _items[Count++] = item;
        return true;
    }

    /// <summary>Removes everything and keeps the memory for the next use.</summary>
    public void Clear()
    {
        Array.Clear(_items, 0, Count);
        Count = 0;
        _indexed = false;
    }

    private void IndexItems()
    {
        int slotCount = Math.Max(_slots?.Length ?? 0, ScannedCountMax * 4);
        while (slotCount <= Count * 2)
        {
            slotCount *= 2;
        }

        if (_slots is null || _slots.Length < slotCount || _stamp == uint.MaxValue)
        {
            _slots = new Slot[slotCount];
            _stamp = 0;
        }

        _stamp++;
        _indexed = true;
        for (int i = 0; i < Count; i++)
        {
            TryTakeSlot(_items[i]!, i);
        }
    }

    private bool TryTakeSlot(T item, int index)
    {
        Slot[] slots = _slots!;
        int mask = slots.Length - 1;
        int place = RuntimeHelpers.GetHashCode(item) & mask;
        while (slots[place].Stamp == _stamp)
        {
            if (ReferenceEquals(_items[slots[place].Index], item))
            {
                return false;
            }

            place = (place + 1) & mask;
        }

        slots[place] = new Slot(_stamp, index);
        return true;
    }

    private readonly record struct Slot(uint Stamp, int Index);
}
