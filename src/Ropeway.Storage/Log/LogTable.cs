using System.Diagnostics.CodeAnalysis;

namespace Ropeway.Storage;

/// <summary>Logs by their ids. Any thread may call it; nothing is taken inside its lock.</summary>
/// <remarks>
/// One array, because there may be very many logs: a log lies at the place that the low bits of its id name, or at the next free one
/// behind it. Ids are given one after the other, so that most lie at their own.
/// </remarks>
internal sealed class LogTable
{
    private const int PlaceCountMin = 16; // A power of two, as all counts of places.

    private readonly Lock _gate = new();
    private StoredLog?[] _places = new StoredLog?[PlaceCountMin];
    private int _count;

    /// <summary>Logs in the table.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>All logs of this moment, in no order.</summary>
    public StoredLog[] ToArray()
    {
        lock (_gate)
        {
            var logs = new StoredLog[_count];
            int copied = 0;
            foreach (StoredLog? log in _places)
            {
                if (log is not null)
                {
                    logs[copied++] = log;
                }
            }

            return logs;
        }
    }

    /// <summary>Finds a log.</summary>
    public bool TryGet(ulong id, [NotNullWhen(true)] out StoredLog? log)
    {
        lock (_gate)
        {
            log = _places[Find(id)];
            return log is not null;
        }
    }

    /// <summary>Adds a log; false when its id is there.</summary>
    public bool TryAdd(StoredLog log)
    {
        lock (_gate)
        {
            int place = Find(log.Id);
            if (_places[place] is not null)
            {
                return false;
            }

            _places[place] = log;
            Volatile.Write(ref _count, _count + 1);
            if (_count > _places.Length / 4 * 3)
            {
                Grow();
            }

            return true;
        }
    }

    /// <summary>Takes a log out; false when it is not there.</summary>
    public bool TryRemove(ulong id, [NotNullWhen(true)] out StoredLog? log)
    {
        lock (_gate)
        {
            int free = Find(id);
            log = _places[free];
            if (log is null)
            {
                return false;
            }

            // What lies behind moves up if it could lie at the free place: a search ends at the first one.
            int mask = _places.Length - 1;
            for (int place = (free + 1) & mask; _places[place] is { } behind; place = (place + 1) & mask)
            {
                if (((place - (int)behind.Id) & mask) >= ((place - free) & mask))
                {
                    _places[free] = behind;
                    free = place;
                }
            }

            _places[free] = null;
            Volatile.Write(ref _count, _count - 1);
            return true;
        }
    }

    /// <summary>The place of a log, or the free one where it belongs.</summary>
    private int Find(ulong id)
    {
        int place = (int)id & (_places.Length - 1);
        while (_places[place] is { } log && log.Id != id)
        {
            place = (place + 1) & (_places.Length - 1);
        }

        return place;
    }

    private void Grow()
    {
        StoredLog?[] smaller = _places;
        _places = new StoredLog?[smaller.Length * 2];
        foreach (StoredLog? log in smaller)
        {
            if (log is not null)
            {
                _places[Find(log.Id)] = log;
            }
        }
    }
}
