using System.Buffers.Binary;

namespace Ropeway.Storage.Journaling;

/// <summary>
/// What lies behind the first invalid batch: which position was durable for certain, and the directories that name what is hit.
/// Made once per recovery, on the scanning thread.
/// </summary>
/// <remarks>
/// A batch counts only when its checksum (seeded by its position) is right, its epoch is not below the current one and its index is
/// plausible for the distance. Inside a valid batch nothing is looked for, so that a payload cannot pose as a batch.
/// </remarks>
internal sealed class JournalSurvey
{
    private readonly JournalSource _source;
    private readonly Dictionary<long, GroupEntry> _entries = [];
    private readonly List<GroupDirectory> _directories = [];

    private JournalSurvey(JournalSource source) => _source = source;

    /// <summary>Everything below was durable.</summary>
    public long SyncedPosition { get; private set; }

    /// <summary>Highest epoch of any valid batch; 0 when there is none.</summary>
    public uint EpochMax { get; private set; }

    /// <summary>End of the last valid batch; 0 when there is none.</summary>
    public long ValidEnd { get; private set; }

    /// <summary>Looks at everything behind an invalid batch.</summary>
    /// <param name="source">The journal.</param>
    /// <param name="position">The invalid batch's position.</param>
    /// <param name="index">The index it should have.</param>
    /// <param name="epoch">The epoch so far.</param>
    public static JournalSurvey Make(JournalSource source, long position, ulong index, uint epoch)
    {
        var survey = new JournalSurvey(source);
        long from = position + 8;
        while (survey.TryFindBatch(position, index, epoch, ref from, out BatchHeader header))
        {
            survey.Note(from, header);
            from += header.BatchBytes;
            survey.ValidEnd = from;
        }

        return survey;
    }

    /// <summary>Finds the first valid batch at or behind a position.</summary>
    /// <param name="position">The invalid batch's position.</param>
    /// <param name="index">The index it should have.</param>
    /// <param name="epoch">The epoch so far.</param>
    /// <param name="from">Where to start, a multiple of 8; then where the batch was found.</param>
    /// <param name="header">The batch's header.</param>
    public bool TryFindBatch(long position, ulong index, uint epoch, ref long from, out BatchHeader header)
    {
        while (TryFindMagic(ref from))
        {
            ReadOnlySpan<byte> bytes = _source.Peek(from, BatchHeader.HeaderBytes);
            if (BatchHeader.TryRead(bytes, out header)
                && header.Epoch >= epoch
                && header.Index > index
                && header.Index - index <= (ulong)(from - position) / BatchHeader.HeaderBytes
                && from + header.BatchBytes <= _source.FileEnd(from)
                && BatchHeader.TryValidate(_source.Peek(from, header.CheckedBytes), (ulong)from, out header))
            {
                return true;
            }

            from += 8;
        }

        header = default;
        return false;
    }

    /// <summary>The batch that a directory names at a position.</summary>
    public bool TryGetEntry(long position, out GroupEntry entry) => _entries.TryGetValue(position, out entry);

    /// <summary>Whether a position lies where a group keeps its directory, which holds nothing of any log.</summary>
    /// <param name="position">The position.</param>
    /// <param name="end">End of that group.</param>
    public bool TryGetDirectoryEnd(long position, out long end)
    {
        foreach (GroupDirectory directory in _directories)
        {
            if (position >= directory.DataEnd && position < directory.GroupEnd)
            {
                end = directory.GroupEnd;
                return true;
            }
        }

        end = 0;
        return false;
    }

    private void Note(long position, in BatchHeader header)
    {
        EpochMax = Math.Max(EpochMax, header.Epoch);
        ReadOnlySpan<byte> payload = _source.Peek(position, header.CheckedBytes).Slice(BatchHeader.HeaderBytes, header.PayloadBytes);
        if (header.Type == BatchType.SyncedMark && payload.Length >= GroupDirectory.MarkBytes)
        {
            SyncedPosition = Math.Max(SyncedPosition, BinaryPrimitives.ReadInt64LittleEndian(payload));
        }
        else if (header.Type is BatchType.GroupDirectory or BatchType.DirectoryCopy
            && GroupDirectory.TryRead(payload, header.Count, out GroupDirectory directory))
        {
            SyncedPosition = Math.Max(SyncedPosition, directory.SyncedPosition);
            _directories.Add(directory);
            for (int i = 0; i < header.Count; i++)
            {
                GroupEntry entry = GroupDirectory.ReadEntry(payload, i, directory.GroupStart);
                _entries[entry.Position] = entry;
            }
        }
    }

    private bool TryFindMagic(ref long from)
    {
        while (from < _source.EndPosition)
        {
            ReadOnlySpan<byte> bytes = _source.Peek(from, BatchHeader.HeaderBytes);
            if (bytes.Length < BatchHeader.HeaderBytes)
            {
                from = _source.FileEnd(from);
                continue;
            }

            int searched = 0;
            while (true)
            {
                int found = bytes[(searched + BatchHeader.MagicOffset)..].IndexOf(BatchHeader.MagicBytes);
                if (found < 0)
                {
                    break;
                }

                searched += found;
                if (searched % 8 == 0)
                {
                    from += searched;
                    return true;
                }

                searched++;
            }

            from += Math.Max(8, (bytes.Length - BatchHeader.HeaderBytes) & ~7); // A header that begins at the window's end is met again.
        }

        return false;
    }
}
