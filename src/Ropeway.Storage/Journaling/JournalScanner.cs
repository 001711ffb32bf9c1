using System.Buffers.Binary;
using Ropeway.Storage.Disk;

namespace Ropeway.Storage.Journaling;

/// <summary>
/// Reads the journal at start: hands over each valid batch in order, tells a torn tail from damage, and names what damage hit.
/// It changes nothing on the disk. Runs on the opening thread.
/// </summary>
/// <remarks>
/// A batch is valid when its checksum fits its position, its index follows and its epoch is not lower. At the first that is not: when some
/// later directory, copy or mark proves that its place was durable once, it is damage; else the journal ends here.
/// </remarks>
internal sealed class JournalScanner
{
    private readonly JournalScanOptions _options;
    private readonly JournalSource _source;
    private readonly IJournalVisitor _visitor;
    private readonly List<ulong> _fileFirstIndexes = [];
    private readonly List<GroupEntry> _uncovered = [];
    private long _position;
    private ulong _index;
    private uint _epoch;
    private long _syncedPosition;
    private int _copyParts;
    private JournalSurvey? _survey;
    private bool _isTailLost;

    private JournalScanner(JournalSource source, JournalScanOptions options, IJournalVisitor visitor)
    {
        _source = source;
        _options = options;
        _visitor = visitor;
        _position = options.StartPosition;
        _index = options.StartIndex;
        _epoch = options.EpochMin;
        _syncedPosition = options.SyncedPosition;
    }

    /// <summary>Reads the journal from the start position to its end.</summary>
    /// <param name="disk">Where it lies.</param>
    /// <param name="options">Where to start and what is known.</param>
    /// <param name="visitor">Receives batches and damage in order.</param>
    /// <exception cref="StoreException">Kind Io: a file cannot be read; or the visitor's.</exception>
    public static JournalScanResult Scan(IDisk disk, JournalScanOptions options, IJournalVisitor visitor)
    {
        try
        {
            using var source = new JournalSource(disk, options);
            return new JournalScanner(source, options, visitor).Run();
        }
        catch (IOException exception)
        {
            throw new StoreException(StoreFault.Io, exception.Message, exception);
        }
    }

    private JournalScanResult Run()
    {
        while (_position < _source.EndPosition)
        {
            if (TryReadNext(out BatchHeader header, out ReadOnlySpan<byte> payload))
            {
                Accept(header, payload);
                continue;
            }

            _survey ??= JournalSurvey.Make(_source, _position, _index, _epoch);
            _syncedPosition = Math.Max(_syncedPosition, _survey.SyncedPosition);
            if (_position >= _syncedPosition || !TrySkipDamage(_survey))
            {
                break;
            }
        }

        if (_position < _syncedPosition && !_isTailLost)
        {
            _visitor.OnDamage(new JournalDamage(_position, _syncedPosition, [], "it ends before what is known to have been written"));
        }

        return new JournalScanResult
        {
            StartPosition = _options.StartPosition,
            EndPosition = _position,
            NextIndex = _index,
            Epoch = Math.Max(_epoch, _survey?.EpochMax ?? 0),
            SyncedPosition = Math.Max(_syncedPosition, _options.StartPosition),
            CutBytes = CountCutBytes(),
            FileFirstIndexes = _fileFirstIndexes,
            Uncovered = _uncovered,
        };
    }

    private bool TryReadNext(out BatchHeader header, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (!BatchHeader.TryRead(_source.Peek(_position, BatchHeader.HeaderBytes), out header)
            || header.Index != _index
            || header.Epoch < _epoch
            || _position + header.BatchBytes > _source.FileEnd(_position))
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = _source.Peek(_position, header.CheckedBytes);
        if (!BatchHeader.TryValidate(bytes, (ulong)_position, out header))
        {
            return false;
        }

        payload = bytes.Slice(BatchHeader.HeaderBytes, header.PayloadBytes);
        return true;
    }

    private void Accept(in BatchHeader header, ReadOnlySpan<byte> payload)
    {
        NoteFileStarts(_position + 1, header.Index);
        _uncovered.Add(new GroupEntry(_position, header.BatchBytes, header.Type, header.LogId, header.FirstOffset, header.Count));
        switch (header.Type)
        {
            case BatchType.GroupDirectory or BatchType.DirectoryCopy:
                AcceptDirectory(header, payload);
                break;
            case BatchType.SyncedMark when payload.Length >= GroupDirectory.MarkBytes:
                _syncedPosition = Math.Max(_syncedPosition, BinaryPrimitives.ReadInt64LittleEndian(payload));
                break;
            case <= BatchType.Metadata or >= BatchType.UnitEnd:
                _visitor.OnBatch(header, payload, _position);
                break;
            default:
                break;
        }

        _index = header.Index + 1;
        _epoch = header.Epoch;
        _position += header.BatchBytes;
    }

    private void AcceptDirectory(in BatchHeader header, ReadOnlySpan<byte> payload)
    {
        if (!GroupDirectory.TryRead(payload, header.Count, out GroupDirectory directory))
        {
            return;
        }

        _syncedPosition = Math.Max(_syncedPosition, directory.SyncedPosition);
        if (header.Type == BatchType.DirectoryCopy)
        {
            _copyParts = directory.Part == 0 ? 1 : _copyParts + 1;
            if (directory.Part == directory.Parts - 1 && _copyParts == directory.Parts)
            {
                int covered = _uncovered.FindIndex(entry => entry.Position >= directory.GroupEnd);
                _uncovered.RemoveRange(0, covered < 0 ? _uncovered.Count : covered);
            }
        }
    }

    /// <summary>Goes on at the next valid batch and reports what lies between.</summary>
    /// <returns>False when nothing valid follows: the journal ends here, and what is known of the rest was reported.</returns>
    private bool TrySkipDamage(JournalSurvey survey)
    {
        long start = _position;
        if (!TryFindNext(survey, start, out long end, out BatchHeader next))
        {
            _isTailLost = true;
            int covered = _uncovered.Count;
            List<GroupEntry> lost = CollectVictims(survey, start, _syncedPosition, out _);
            _uncovered.RemoveRange(covered, _uncovered.Count - covered); // Other batches will lie there.
            _visitor.OnDamage(new JournalDamage(start, _syncedPosition, lost, "nothing valid follows"));
            return false;
        }

        List<GroupEntry> victims = CollectVictims(survey, start, end, out string? refusal);
        _position = end;
        NoteFileStarts(end, next.Index);
        _copyParts = 0;
        _index = next.Index;
        _visitor.OnDamage(new JournalDamage(start, end, victims, refusal));
        return true;
    }

    private bool TryFindNext(JournalSurvey survey, long start, out long end, out BatchHeader next)
    {
        end = start + 8;
        while (survey.TryFindBatch(start, _index, _epoch, ref end, out next))
        {
            if (!IsInsideNamedBatch(survey, start, end, out long batchEnd))
            {
                return true;
            }

            end = batchEnd; // A payload that looks like a batch.
        }

        return false;
    }

    private List<GroupEntry> CollectVictims(JournalSurvey survey, long start, long end, out string? refusal)
    {
        List<GroupEntry> victims = [];
        bool isMetadataHit = false;
        bool isAllNamed = true;
        for (long at = start; at < end;)
        {
            if (survey.TryGetEntry(at, out GroupEntry entry))
            {
                _uncovered.Add(entry);
                bool isKnown = entry.Type == BatchType.Metadata && at < _options.MetadataKnownBelow;
                isMetadataHit |= entry.Type == BatchType.Metadata && !isKnown;
                if (entry.Type is <= BatchType.Metadata or >= BatchType.UnitEnd && !isKnown)
                {
                    victims.Add(entry);
                }

                at += entry.BatchBytes;
            }
            else if (survey.TryGetDirectoryEnd(at, out long directoryEnd))
            {
                long partEnd = Math.Min(directoryEnd, end);
                _uncovered.Add(new GroupEntry(at, (int)(partEnd - at), BatchType.GroupDirectory, 0, 0, 0));
                at = partEnd;
            }
            else
            {
                isAllNamed = false;
                at += 8;
            }
        }

        refusal = !isAllNamed ? "nothing names what was there" : isMetadataHit ? "metadata was hit" : null;
        return victims;
    }

    private static bool IsInsideNamedBatch(JournalSurvey survey, long start, long position, out long batchEnd)
    {
        for (long at = start; at < position;)
        {
            if (survey.TryGetEntry(at, out GroupEntry entry) && entry.BatchBytes > 0)
            {
                at += entry.BatchBytes;
            }
            else if (survey.TryGetDirectoryEnd(at, out long directoryEnd))
            {
                at = Math.Min(directoryEnd, position);
            }
            else
            {
                break; // Not named: the caller says so.
            }

            if (at > position)
            {
                batchEnd = at;
                return true;
            }
        }

        batchEnd = 0;
        return false;
    }

    /// <summary>Every file that starts below a position has at least this first index.</summary>
    private void NoteFileStarts(long belowPosition, ulong index)
    {
        while (_options.StartPosition + ((long)_fileFirstIndexes.Count * _options.FileBytes) < belowPosition)
        {
            _fileFirstIndexes.Add(index);
        }
    }

    private long CountCutBytes()
    {
        if (_position >= _source.EndPosition)
        {
            return 0;
        }

        long end = Math.Max(_position, _survey?.ValidEnd ?? 0);
        bool isTornHere = BatchHeader.TryRead(_source.Peek(_position, BatchHeader.HeaderBytes), out BatchHeader header)
            && header.Index == _index && header.Epoch >= _epoch;
        return Math.Max(end, isTornHere ? Math.Min(_position + header.BatchBytes, _source.FileEnd(_position)) : 0) - _position;
    }
}
