using System.Diagnostics.CodeAnalysis;
using Ropeway.Storage;

namespace Ropeway.Core.Tracing;

/// <summary>The traced messages of one place by their numbers. Guarded by the gate of the <see cref="LifeLines"/>.</summary>
internal sealed class TracedStays
{
    private readonly Dictionary<long, QueueStay> _stays = [];

    /// <summary>How many there are.</summary>
    public int Count => _stays.Count;

    /// <summary>One comes.</summary>
    public void Add(QueueStay stay) => _stays[stay.Sequence] = stay;

    /// <summary>One is followed no more.</summary>
    public void Remove(long sequence) => _stays.Remove(sequence);

    /// <summary>One by its number.</summary>
    public bool TryGet(long sequence, [NotNullWhen(true)] out QueueStay? stay) => _stays.TryGetValue(sequence, out stay);

    /// <summary>Those in a range, whichever is shorter: the range or the list.</summary>
    public IEnumerable<QueueStay> Within(OffsetRange range)
    {
        if (range.Count > _stays.Count)
        {
            return _stays.Values.Where(stay => stay.Sequence >= range.Start && stay.Sequence < range.End).OrderBy(stay => stay.Sequence);
        }

        var found = new List<QueueStay>();
        for (long sequence = range.Start; sequence < range.End; sequence++)
        {
            if (_stays.TryGetValue(sequence, out QueueStay? stay))
            {
                found.Add(stay);
            }
        }

        return found;
    }
}
