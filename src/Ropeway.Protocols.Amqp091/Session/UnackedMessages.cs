using System.Numerics;
using Ropeway.Core.Queues;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// The unacknowledged deliveries of one channel, by delivery tag. Guarded by the connection's gate.
/// </summary>
/// <remarks>
/// Runs of up to 64 deliveries of one queue with consecutive tags and offsets share an entry with a bit for each, so that
/// millions unacknowledged cost little more than a bit each when they come from one queue. Entries are ordered by tag;
/// those without a bit left go when they reach the front, or when they are more than half of all.
/// </remarks>
internal sealed class UnackedMessages
{
    private const int RunMax = 64;

    private Entry[] _entries = [];
    private int _start;
    private int _end;
    private int _deadCount;

    /// <summary>Deliveries that are neither acknowledged nor returned.</summary>
    public int Count { get; private set; }

    /// <summary>When the delivery that waits longest was made, in milliseconds since the Unix epoch; 0 when none waits.</summary>
    public long OldestMs
    {
        get
        {
            DropDeadFront();
            return _start < _end ? _entries[_start].SinceMs : 0;
        }
    }

    /// <summary>Adds the next delivery.</summary>
    /// <param name="tag">Greater than all before.</param>
    /// <param name="queue">Where the message belongs.</param>
    /// <param name="consumer">Who got it; null for basic.get.</param>
    /// <param name="offset">The message's offset.</param>
    /// <param name="nowMs">The time, in milliseconds since the Unix epoch.</param>
    public void Add(ulong tag, Queue queue, AmqpConsumer? consumer, long offset, long nowMs)
    {
        Count++;
        if (_end > _start)
        {
            ref Entry last = ref _entries[_end - 1];
            ulong at = tag - last.FirstTag;
            if (at < RunMax && ReferenceEquals(last.Queue, queue) && ReferenceEquals(last.Consumer, consumer) && offset - last.FirstOffset == (long)at)
            {
                if (last.Bits == 0)
                {
                    _deadCount--;
                }

                last.Bits |= 1UL << (int)at;
                return;
            }
        }

        if (_end == _entries.Length)
        {
            MakeRoom();
        }

        _entries[_end++] = new Entry(tag, queue, consumer, offset, nowMs, Bits: 1);
    }

    /// <summary>Takes one delivery out.</summary>
    /// <returns>False when the tag is not outstanding.</returns>
    public bool TryTake(ulong tag, out UnackedRun run)
    {
        int index = FindEntry(tag);
        if (index >= 0)
        {
            ref Entry entry = ref _entries[index];
            ulong at = tag - entry.FirstTag;
            ulong bit = at < RunMax ? 1UL << (int)at : 0;
            if ((entry.Bits & bit) != 0)
            {
                entry.Bits &= ~bit;
                Count--;
                long offset = entry.FirstOffset + (long)at;
                run = new UnackedRun(tag, entry.Queue!, entry.Consumer, offset, offset + 1, entry.SinceMs);
                if (entry.Bits == 0)
                {
                    OnEntryDead();
                }

                return true;
            }
        }

        run = default;
        return false;
    }

    /// <summary>Takes the first run of deliveries with tags up to <paramref name="lastTag"/> out; call until it answers false.</summary>
    public bool TryTakeFirst(ulong lastTag, out UnackedRun run)
    {
        while (_start < _end)
        {
            ref Entry entry = ref _entries[_start];
            if (entry.Bits == 0)
            {
                DropFirst();
                continue;
            }

            if (!TryTakeRun(ref entry, lastTag, out run))
            {
                break;
            }

            if (entry.Bits == 0)
            {
                _deadCount++;
                DropFirst();
            }

            return true;
        }

        run = default;
        return false;
    }

    /// <summary>Takes all deliveries of one consumer with tags up to <paramref name="lastTag"/> out. Costs as much as all that are here.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="lastTag">The last tag.</param>
    /// <param name="taken">Gets them in the order of their tags.</param>
    public void TakeOf(AmqpConsumer consumer, ulong lastTag, List<UnackedRun> taken)
    {
        for (int i = _start; i < _end && _entries[i].FirstTag <= lastTag; i++)
        {
            if (_entries[i].Bits != 0 && ReferenceEquals(_entries[i].Consumer, consumer))
            {
                while (TryTakeRun(ref _entries[i], lastTag, out UnackedRun run))
                {
                    taken.Add(run);
                }

                _deadCount += _entries[i].Bits == 0 ? 1 : 0;
            }
        }

        DropDeadFront();
    }

    /// <summary>Puts deliveries back that were taken out, at their places. Costs as much as all that are here.</summary>
    public void Restore(List<StagedAnswer> taken)
    {
        if (taken.Count == 0)
        {
            return;
        }

        var all = new List<UnackedRun>(taken.Count);
        foreach (StagedAnswer answer in taken)
        {
            all.Add(answer.Run);
        }

        while (TryTakeFirst(ulong.MaxValue, out UnackedRun run))
        {
            all.Add(run);
        }

        all.Sort(static (a, b) => a.FirstTag.CompareTo(b.FirstTag));
        foreach (UnackedRun run in all)
        {
            for (int i = 0; i < run.Count; i++)
            {
                Add(run.FirstTag + (ulong)i, run.Queue, run.Consumer, run.Start + i, run.SinceMs);
            }
        }
    }

    /// <summary>The deliveries of one queue that are here, in the order of their tags. Costs as much as all that are here.</summary>
    public IEnumerable<UnackedRun> RunsOf(Queue queue)
    {
        for (int i = _start; i < _end; i++)
        {
            Entry entry = _entries[i];
            ulong bits = ReferenceEquals(entry.Queue, queue) ? entry.Bits : 0;
            while (bits != 0)
            {
                int first = BitOperations.TrailingZeroCount(bits);
                int length = Math.Min(BitOperations.TrailingZeroCount(~(bits >> first)), RunMax - first);
                long start = entry.FirstOffset + first;
                yield return new UnackedRun(entry.FirstTag + (ulong)first, queue, entry.Consumer, start, start + length, entry.SinceMs);
                bits &= first + length == RunMax ? 0 : ulong.MaxValue << (first + length);
            }
        }
    }

    /// <summary>Takes the first run of an entry out.</summary>
    /// <returns>False when it has none up to the tag.</returns>
    private bool TryTakeRun(ref Entry entry, ulong lastTag, out UnackedRun run)
    {
        int first = BitOperations.TrailingZeroCount(entry.Bits);
        ulong firstTag = entry.FirstTag + (ulong)first;
        if (entry.Bits == 0 || firstTag > lastTag)
        {
            run = default;
            return false;
        }

        int length = BitOperations.TrailingZeroCount(~(entry.Bits >> first));
        length = (int)Math.Min((ulong)Math.Min(length, RunMax - first), lastTag - firstTag + 1);
        ulong mask = (length == RunMax ? ulong.MaxValue : (1UL << length) - 1) << first;
        entry.Bits &= ~mask;
        Count -= length;
        run = new UnackedRun(firstTag, entry.Queue!, entry.Consumer, entry.FirstOffset + first, entry.FirstOffset + first + length, entry.SinceMs);
        return true;
    }

    private int FindEntry(ulong tag)
    {
        int low = _start;
        int high = _end - 1;
        while (low <= high)
        {
            int middle = (int)(((uint)low + (uint)high) >> 1);
            if (_entries[middle].FirstTag <= tag)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return high >= _start ? high : -1;
    }

    private void OnEntryDead()
    {
        _deadCount++;
        DropDeadFront();
    }

    private void DropDeadFront()
    {
        while (_start < _end && _entries[_start].Bits == 0)
        {
            DropFirst();
        }
    }

    private void DropFirst()
    {
        _entries[_start++] = default;
        _deadCount--;
        if (_start == _end)
        {
            _start = 0;
            _end = 0;
        }
    }

    private void MakeRoom()
    {
        int used = _end - _start;
        Entry[] target = used - _deadCount > _entries.Length / 2 ? new Entry[Math.Max(16, _entries.Length * 2)] : _entries;
        int write = 0;
        for (int read = _start; read < _end; read++)
        {
            if (_entries[read].Bits != 0)
            {
                target[write++] = _entries[read];
            }
        }

        if (ReferenceEquals(target, _entries))
        {
            Array.Clear(_entries, write, _end - write);
        }

        if (target.Length == 0)
        {
            target = new Entry[16];
        }

        _entries = target;
        _start = 0;
        _end = write;
        _deadCount = 0;
    }

    private record struct Entry(ulong FirstTag, Queue? Queue, AmqpConsumer? Consumer, long FirstOffset, long SinceMs, ulong Bits);
}
