using Ropeway.Storage;

namespace Ropeway.Core.Deduplication;

/// <summary>The hidden log in which a durable queue keeps the ids that it has had. Used under the gate of its <see cref="SeenIds"/>.</summary>
internal sealed class IdLog(StoredLog log)
{
    private const int RunCountMax = 8192; // A batch of the store takes 256 KiB.

    private bool _isClosed;
    private long _forgottenEnd; // Below it ids are settled, or are when a unit under way is complete.

    /// <summary>The id of the log in the store.</summary>
    public ulong Id => log.Id;

    /// <summary>Reads all that the last process has left, from disk if need be: at start only, it waits.</summary>
    public IEnumerable<SeenId> ReadAll()
    {
        var loaded = new LoadWait(log);
        LogReader reader;
        long next;
        lock (log.Gate)
        {
            reader = log.OpenReader();
            next = log.StartOffset;
        }

        while (TryReadNext(reader, loaded, ref next, out SeenId? seen))
        {
            if (seen is not null)
            {
                yield return seen.Value;
            }
        }

        lock (log.Gate)
        {
            reader.Dispose();
        }
    }

    /// <summary>Appends ids in a unit.</summary>
    /// <param name="ids">Each with whether it is to survive a restart; gets its offset.</param>
    /// <param name="unit">The unit that also appends the messages.</param>
    public void Append(Span<(SeenId Seen, bool Persistent)> ids, AtomicUnit unit)
    {
        lock (log.Gate)
        {
            if (_isClosed || log.Quarantine is not null)
            {
                return; // A damaged log: they are remembered until the restart.
            }

            while (!ids.IsEmpty)
            {
                bool persistent = ids[0].Persistent;
                int count = 1;
                while (count < ids.Length && count < RunCountMax && ids[count].Persistent == persistent)
                {
                    count++;
                }

                AppendSpace space = log.BeginAppend(count, count * SeenId.Bytes, persistent, tag: 0, unit);
                for (int i = 0; i < count; i++)
                {
                    ids[i].Seen = ids[i].Seen with { Offset = space.FirstOffset + i };
                    ids[i].Seen.Write(space.Add(SeenId.Bytes));
                }

                space.Complete();
                ids = ids[count..];
            }
        }
    }

    /// <summary>Forgets the ids below an offset.</summary>
    /// <param name="offset">Exclusive.</param>
    /// <param name="unit">The unit that brings the ids for which these make room: a crash that takes those gives these back. Null when they are over by themselves.</param>
    public void SettleBelow(long offset, AtomicUnit? unit)
    {
        lock (log.Gate)
        {
            long start = Math.Max(_forgottenEnd, log.StartOffset);
            if (!_isClosed && start < offset)
            {
                _forgottenEnd = offset;
                log.Settle([new OffsetRange(start, offset)], unit);
            }
        }
    }

    /// <summary>A unit was dropped: what was to be forgotten with it is forgotten with the next ids.</summary>
    public void ForgetAgain()
    {
        lock (log.Gate)
        {
            _forgottenEnd = 0;
        }
    }

    /// <summary>The log is about to be deleted.</summary>
    public void Close()
    {
        lock (log.Gate)
        {
            _isClosed = true;
        }
    }

    /// <returns>False at the end. No id: it was forgotten, or has to be asked for again.</returns>
    private bool TryReadNext(LogReader reader, LoadWait loaded, ref long next, out SeenId? seen)
    {
        seen = null;
        lock (log.Gate)
        {
            if (next >= log.EndOffset)
            {
                return false;
            }

            switch (reader.TryRead(next, out RecordView record))
            {
                case ReadStatus.Found:
                    seen = SeenId.Read(record);
                    next = log.NextUnsettled(next + 1);
                    return true;
                case ReadStatus.Gone:
                    next = log.NextUnsettled(next + 1);
                    return true;
                case ReadStatus.Damaged:
                    return false;
                default:
                    reader.Load(next, loaded);
                    break;
            }
        }

        loaded.Wait();
        return true;
    }
}
