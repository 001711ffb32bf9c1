namespace Ropeway.Core.Routing;

/// <summary>
/// A list that any thread may read without a lock while one writer, under the virtual host's gate, adds and removes. A reader sees
/// every item that was there before it began and is not removed meanwhile; removed items are null until the list is compacted.
/// </summary>
/// <typeparam name="T">The items, compared by reference.</typeparam>
/// <remarks>
/// The writer publishes the array before the end, the reader takes the end before the array: the array is never older than the end.
/// Compacting moves items towards the start only, so an older end still covers all of them.
/// </remarks>
internal sealed class LiveList<T>
    where T : class
{
    private const int ScannedCountMax = 64;

    private T?[] _items = new T?[1]; // Most lists hold one item.
    private int _end;
    private Dictionary<T, int>? _places; // Made when a scan would get slow.

    /// <summary>Items that are not removed. For the writer.</summary>
    public int Count { get; private set; }

    /// <summary>The items, with nulls between them. Lock-free.</summary>
    public ReadOnlySpan<T?> Items
    {
        get
        {
            int end = Volatile.Read(ref _end);
            T?[] items = Volatile.Read(ref _items);
            return items.AsSpan(0, Math.Min(end, items.Length));
        }
    }

    /// <summary>Adds an item that is not there. For the writer.</summary>
    public void Add(T item)
    {
        if (_end == _items.Length)
        {
            Rebuild(Count * 2 < _end ? _items.Length : _items.Length * 2);
        }

        _items[_end] = item;
        _places?.Add(item, _end);
        Volatile.Write(ref _end, _end + 1);
        Count++;
        if (_places is null && Count > ScannedCountMax)
        {
            IndexPlaces();
        }
    }

    /// <summary>Removes an item. For the writer.</summary>
    /// <returns>False when it was not there.</returns>
    public bool Remove(T item)
    {
        int place = Find(item);
        if (place < 0)
        {
            return false;
        }

        Volatile.Write(ref _items[place], null);
        _places?.Remove(item);
        Count--;
        if (Count * 4 < _end && _end > ScannedCountMax)
        {
            Rebuild(Math.Max(2, Count * 2));
        }

        return true;
    }

    /// <summary>The items without nulls. For the writer.</summary>
    public T[] ToArray()
    {
        var items = new T[Count];
        int count = 0;
        foreach (T? item in Items)
        {
            if (item is not null)
            {
                items[count++] = item;
            }
        }

        return items;
    }

    private int Find(T item)
    {
        if (_places is not null)
        {
            return _places.TryGetValue(item, out int place) ? place : -1;
        }

        for (int i = 0; i < _end; i++)
        {
            if (ReferenceEquals(_items[i], item))
            {
                return i;
            }
        }

        return -1;
    }

    private void Rebuild(int capacity)
    {
        var items = new T?[capacity];
        int end = 0;
        for (int i = 0; i < _end; i++)
        {
            if (_items[i] is { } item)
            {
                items[end++] = item;
            }
        }

        Volatile.Write(ref _items, items);
        Volatile.Write(ref _end, end);
        _places = null;
        if (Count > ScannedCountMax)
        {
            IndexPlaces();
        }
    }

    private void IndexPlaces()
    {
        _places = new Dictionary<T, int>(Count, ReferenceEqualityComparer.Instance);
        for (int i = 0; i < _end; i++)
        {
            if (_items[i] is { } item)
            {
                _places.Add(item, i);
            }
        }
    }
}
