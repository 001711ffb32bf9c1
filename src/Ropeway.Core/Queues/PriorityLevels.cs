using Ropeway.Core.Queues.Groups;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// The ready messages of a queue with priorities, by level and within a level in the order of their offsets. Made from the tags of
/// the store's batches, so that a recovery reads no message. Guarded by the log's gate.
/// </summary>
internal sealed class PriorityLevels
{
    private readonly StoredLog _log;
    private readonly OffsetSet[] _levels;
    private readonly OffsetSet _returned = new();

    /// <summary>Makes the levels 0 to <paramref name="max"/> from what lies in the log.</summary>
    public PriorityLevels(StoredLog log, int max)
    {
        _log = log;
        _levels = new OffsetSet[max + 1];
        for (int level = 0; level <= max; level++)
        {
            _levels[level] = new OffsetSet();
        }

        foreach ((OffsetRange range, byte tag) in log.UnsettledRanges())
        {
            Add(range.Start, range.End, tag);
        }
    }

    /// <summary>The message that is delivered first; the end of the log when there is none.</summary>
    public long First
    {
        get
        {
            for (int level = _levels.Length - 1; level >= 0; level--)
            {
                if (_levels[level].Count > 0)
                {
                    return _levels[level].First;
                }
            }

            return _log.EndOffset;
        }
    }

    /// <summary>The message that is wanted least: the oldest of the lowest level; the end of the log when there is none.</summary>
    public long Least
    {
        get
        {
            foreach (OffsetSet level in _levels)
            {
                if (level.Count > 0)
                {
                    return level.First;
                }
            }

            return _log.EndOffset;
        }
    }

    /// <summary>The highest level.</summary>
    public int Max => _levels.Length - 1;

    /// <summary>Behind the highest offset that was taken.</summary>
    public long TakenEnd { get; private set; }

    /// <summary>The level of a message with this priority: one above the highest counts as the highest.</summary>
    public byte LevelOf(byte priority) => (byte)Math.Min(priority, _levels.Length - 1);

    /// <summary>The level of the message at a place, see <see cref="ReadySet.PlaceOf"/>.</summary>
    public int LevelAt(long place) => Max - (int)(place >> ParkedMessages.OffsetBits);

    /// <summary>Messages are new.</summary>
    public void Add(long start, long end, byte level) => _levels[LevelOf(level)].AddRange(start, end);

    /// <summary>Whether a message was delivered and came back.</summary>
    public bool IsReturned(long offset) => _returned.Contains(offset);

    /// <summary>Whether a message is ready.</summary>
    public bool Contains(long offset)
    {
        foreach (OffsetSet level in _levels)
        {
            if (level.Contains(offset))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A message is ready no more.</summary>
    public void Take(long offset)
    {
        TakenEnd = Math.Max(TakenEnd, offset + 1);
        _returned.Remove(offset);
        for (int level = _levels.Length - 1; level >= 0; level--)
        {
            if (_levels[level].Remove(offset))
            {
                return;
            }
        }
    }

    /// <summary>Messages are ready no more.</summary>
    public void Take(OffsetRange range)
    {
        for (long offset = range.Start; offset < range.End; offset++)
        {
            Take(offset);
        }
    }

    /// <summary>A ready message is not offered for now; <see cref="Add"/> puts it back.</summary>
    public void PutAside(long offset, int level) => _levels[level].Remove(offset);

    /// <summary>Delivered messages go back to their places in their levels.</summary>
    public void Return(OffsetRange range)
    {
        for (long offset = range.Start; offset < range.End; offset++)
        {
            Add(offset, offset + 1, _log.TagOf(offset));
        }

        _returned.AddRange(range.Start, range.End);
    }

    /// <summary>Takes all out.</summary>
    public OffsetRange[] TakeAll()
    {
        OffsetRange[] ranges = [.. _levels.SelectMany(level => level.Ranges())];
        foreach (OffsetSet level in _levels)
        {
            level.Clear();
        }

        _returned.Clear();
        TakenEnd = _log.EndOffset;
        return ranges;
    }
}
