using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>The units that have not ended. Any thread may call it; its lock comes before the tail's.</summary>
internal sealed class OpenUnits
{
    private readonly Lock _gate = new();
    private readonly List<AtomicUnit> _units = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _units.Count;
            }
        }
    }

    /// <summary>Registers a unit that has no batch yet and gives it its floor.</summary>
    public void Add(AtomicUnit unit, Journal journal)
    {
        lock (_gate)
        {
            unit.Floor = journal.NextPosition;
            unit.Place = _units.Count;
            _units.Add(unit);
        }
    }

    public void Remove(AtomicUnit unit)
    {
        lock (_gate)
        {
            AtomicUnit last = _units[^1];
            last.Place = unit.Place;
            _units[unit.Place] = last;
            _units.RemoveAt(_units.Count - 1);
        }
    }

    /// <summary>How far the journal holds no batch of a unit that is open, now or later.</summary>
    /// <param name="position">A position that the journal had reached before the call.</param>
    /// <returns>That position, or the lowest floor if it is lower.</returns>
    public long ClosedBelow(long position)
    {
        lock (_gate)
        {
            foreach (AtomicUnit unit in _units)
            {
                position = Math.Min(position, unit.Floor);
            }

            return position;
        }
    }
}
