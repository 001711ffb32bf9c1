namespace Ropeway.Core.Queues.Groups;

/// <summary>Places of messages in ascending order. Adding behind the last and removing the first are cheap. Not thread-safe.</summary>
internal sealed class PlaceList
{
    private const int KeptLengthMax = 64;

    private long[] _places = [];
    private int _head;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The lowest; there is one.</summary>
    public long First => _places[_head];

    /// <summary>All of them; valid until the list changes.</summary>
    public ReadOnlySpan<long> Places => _places.AsSpan(_head, Count);

    /// <summary>Whether a place is there.</summary>
    public bool Contains(long place) => Find(place) >= 0;

    /// <summary>Adds a place that is not there.</summary>
    public void Add(long place)
    {
        int index = Count == 0 || place > _places[_head + Count - 1] ? Count : ~Find(place);
        if (index == 0 && _head > 0)
        {
            _head--;
        }
        else
        {
            MakeRoom();
            Array.Copy(_places, _head + index, _places, _head + index + 1, Count - index);
        }

        _places[_head + index] = place;
        Count++;
    }

    /// <summary>Removes a place.</summary>
    /// <returns>False when it was not there.</returns>
    public bool Remove(long place)
    {
        int index = Find(place);
        if (index < 0)
        {
            return false;
        }

        Count--;
        if (index == 0)
        {
            _head = Count == 0 ? 0 : _head + 1;
        }
        else
        {
            Array.Copy(_places, _head + index + 1, _places, _head + index, Count - index);
        }

        return true;
    }

    /// <summary>Removes all, and gives back the memory if it is much.</summary>
    public void Clear()
    {
        Count = 0;
        _head = 0;
        if (_places.Length > KeptLengthMax)
        {
            _places = [];
        }
    }

    private int Find(long place) => Count > 0 && _places[_head] == place ? 0 : Places.BinarySearch(place);

    /// <summary>Makes room behind the last: at the front if a half is free there, so that each place is moved once on average, else by growing.</summary>
    private void MakeRoom()
    {
        if (_head + Count < _places.Length)
        {
            return;
        }

        long[] target = _head > 0 && _head >= _places.Length / 2 ? _places : new long[Math.Max(4, Count * 2)];
        Array.Copy(_places, _head, target, 0, Count);
        _places = target;
        _head = 0;
    }
}
