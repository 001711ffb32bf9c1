using Ropeway.Buffers;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>
/// Reads one log; keeps a place, so that reading in ascending order costs no search. One per queue, used under the log's gate.
/// It pins the memory that it reads from until <see cref="Unpin"/>.
/// </summary>
/// <remarks>What lies at an offset never changes, so what a load brought stays good although the mover moves the record.</remarks>
public sealed class LogReader : IDisposable
{
    private readonly StoredLog _log;
    private BatchCursor _cursor;
    private NativeBlock? _source; // What the cursor walks in; the reference is ours unless it is _cold.
    private RunKind _sourceKind;
    private ulong _sourceStart; // Position of the tail block's first byte,
    private ulong _sourceFilled; // and from where on it is known to be filled: after a restart it begins in the middle.
    private bool _isCold;
    private bool _isDurable;
    private ulong _runWhere;
    private long _runEnd; // Offsets below it can be reached by the cursor; 0 when there is no place.
    private int _place;
    private int _version;
    private NativeBlock? _cold;
    private ColdPiece[] _pieces = [];
    private int _pieceCount;
    private int _piece;
    private NativeBlock? _body;
    private ulong _bodyId;
    private ILoadWaiter? _waiter;
    private bool _isClosed;
    private int _hotCount; // Records handed out that the store was not told of yet, as the next.
    private int _coldCount;

    internal LogReader(StoredLog log, bool withBodies)
    {
        _log = log;
        WithBodies = withBodies;
    }

    /// <summary>False when records are wanted without their external bodies.</summary>
    internal bool WithBodies { get; }

    internal StoredLog Log => _log;

    internal long LoadOffset { get; private set; }

    internal bool IsClosed => _isClosed;

    /// <summary>Reads one record.</summary>
    /// <param name="offset">Its offset.</param>
    /// <param name="record">The record when the answer is <see cref="ReadStatus.Found"/>.</param>
    public ReadStatus TryRead(long offset, out RecordView record)
    {
        record = default;
        if (_log.Quarantine is not null)
        {
            return ReadStatus.Damaged;
        }

        if (!_log.Index.IsUnsettled(offset))
        {
            return ReadStatus.Gone;
        }

        if (_source is not null && offset < _runEnd && offset >= _cursor.Current && _cursor.MoveTo(_source.Span, _log.Id, offset))
        {
            return HandOut(offset, out record);
        }

        ReadStatus status = _pieceCount > 0 && SeekPiece(offset) ? ReadStatus.Found : SeekRun(offset);
        if (status != ReadStatus.Found)
        {
            return status;
        }

        // Not in an intact run: a gap that no delivery waits for.
        return _cursor.MoveTo(_source!.Span, _log.Id, offset) ? HandOut(offset, out record) : ReadStatus.Gone;
    }

    /// <summary>
    /// Starts a cold read: up to 1 MiB of batches from <paramref name="offset"/> on (or one external body) come into memory that
    /// this reader keeps. One load at a time. TryRead(offset) then answers Found, Gone or Damaged.
    /// </summary>
    /// <param name="offset">The offset for which TryRead answered <see cref="ReadStatus.Cold"/>.</param>
    /// <param name="waiter">Told when the read is done.</param>
    /// <exception cref="InvalidOperationException">A load is under way already.</exception>
    public void Load(long offset, ILoadWaiter waiter)
    {
        if (_waiter is not null)
        {
            throw new InvalidOperationException("A load of this reader is under way.");
        }

        ObjectDisposedException.ThrowIf(_isClosed, this);
        _waiter = waiter;
        LoadOffset = offset;
        _log.Spaces.Cold.Enqueue(this);
    }

    /// <summary>Ends a delivery batch: memory of the tail is released. What a load brought stays until it is read past.</summary>
    public void Unpin()
    {
        if ((_hotCount | _coldCount) != 0)
        {
            _log.Spaces.Reads.Add(_log.Id, _hotCount, _coldCount);
            _hotCount = 0;
            _coldCount = 0;
        }

        if (_source is not null && !_isCold)
        {
            _source.Release();
            _source = null; // The cursor keeps its place: a block returns under the same position or never.
        }
    }

    /// <summary>Gives back everything, also what a load brought.</summary>
    public void Trim()
    {
        Unpin();
        ReleaseCold();
        ReleaseBody();
        _runEnd = 0;
    }

    /// <summary>Gives back everything; the reader must not be used any more.</summary>
    public void Dispose()
    {
        _isClosed = true;
        Trim();
        _pieces = [];
    }

    /// <summary>True when a load brought the records around an offset already (its body may be missing). Under the gate.</summary>
    internal bool HasPiece(long offset) => FindPiece(offset) >= 0;

    /// <summary>Takes over what a load brought. Under the gate, on the cold-read thread.</summary>
    internal void Install(NativeBlock block, List<ColdPiece> pieces)
    {
        ReleaseCold();
        if (_pieces.Length < pieces.Count)
        {
            _pieces = new ColdPiece[pieces.Count];
        }

        pieces.CopyTo(_pieces);
        _pieceCount = pieces.Count;
        _cold = block;
    }

    /// <summary>Takes over a body. Under the gate, on the cold-read thread.</summary>
    internal void InstallBody(ulong bodyId, NativeBlock body)
    {
        ReleaseBody();
        _bodyId = bodyId;
        _body = body;
    }

    /// <summary>Ends the load. Under the gate, on the cold-read thread.</summary>
    /// <returns>Whom to tell, without the gate.</returns>
    internal ILoadWaiter EndLoad()
    {
        ILoadWaiter waiter = _waiter!;
        _waiter = null;
        return waiter;
    }

    private ReadStatus HandOut(long offset, out RecordView record)
    {
        NativeBlock? body = null;
        if (_cursor.IsExternal)
        {
            if (WithBodies && (_body is null || _bodyId != _cursor.BodyId))
            {
                record = default;
                return ReadStatus.Cold;
            }

            body = _body;
        }
        else if (_body is not null)
        {
            ReleaseBody(); // Read past it.
        }

        _hotCount += _isCold ? 0 : 1;
        _coldCount += _isCold ? 1 : 0;
        if (_cursor.IsReferring)
        {
            (int sharedAt, int sharedBytes) = _cursor.ReadReference(_source!.Span);
            record = new RecordView(offset, _cursor.Tag, _isDurable, _source, _cursor.PayloadAt, _cursor.PayloadBytes)
            {
                Shared = _source.Span.Slice(sharedAt, sharedBytes),
                SharedOffset = sharedAt,
            };
            return ReadStatus.Found;
        }

        record = new RecordView(offset, _cursor.Tag, _isDurable, _source!, _cursor.PayloadAt, _cursor.PayloadBytes)
        {
            ExternalBody = body,
            BodyId = _cursor.IsExternal ? _cursor.BodyId : 0,
        };
        return ReadStatus.Found;
    }

    private bool SeekPiece(long offset)
    {
        int found = FindPiece(offset);
        if (found < 0)
        {
            if (offset >= _pieces[_pieceCount - 1].End)
            {
                ReleaseCold();
            }

            return false;
        }

        Unpin();
        ColdPiece piece = _pieces[found];
        _piece = found;
        _source = _cold;
        _isCold = true;
        _isDurable = piece.IsDurable;
        _runEnd = piece.End;
        _cursor = BatchCursor.Before(piece.At, piece.At + piece.Bytes, piece.First);
        return true;
    }

    private int FindPiece(long offset)
    {
        for (int next = _piece; next <= _piece + 1; next++)
        {
            if (next < _pieceCount && _pieces[next].First <= offset && offset < _pieces[next].End)
            {
                return next;
            }
        }

        int low = 0;
        int high = _pieceCount;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_pieces[middle].End <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < _pieceCount && _pieces[low].First <= offset ? low : -1;
    }

    private ReadStatus SeekRun(long offset)
    {
        RunTable? runs = _log.Index.Runs;
        if (runs is null || !FindRun(runs, offset))
        {
            return ReadStatus.Gone;
        }

        ref Run run = ref runs[_place];
        if (run.Kind is not (RunKind.Journal or RunKind.Transient))
        {
            return run.Kind == RunKind.Damaged ? ReadStatus.Damaged : ReadStatus.Cold;
        }

        bool isSameRun = !_isCold && _runEnd > 0 && run.Where == _runWhere && run.Kind == _sourceKind && offset >= _cursor.Current;
        if (!PinTail(run))
        {
            _runEnd = 0;
            return ReadStatus.Cold;
        }

        int at = (int)(run.Where - _sourceStart);
        if (isSameRun)
        {
            _cursor.Extend(at + (int)run.Bytes);
        }
        else
        {
            _cursor = BatchCursor.Before(at, at + (int)run.Bytes, run.First);
        }

        _runWhere = run.Where;
        _runEnd = run.End;
        return ReadStatus.Found;
    }

    private bool FindRun(RunTable runs, long offset)
    {
        if (_version == runs.Version)
        {
            for (int place = Math.Max(_place, runs.Head); place <= _place + 1; place++)
            {
                if (place < runs.End && runs[place].First <= offset && offset < runs[place].End)
                {
                    _place = place;
                    return true;
                }
            }
        }

        _version = runs.Version;
        _place = runs.Find(offset);
        return _place < runs.End && runs[_place].First <= offset;
    }

    private bool PinTail(in Run run)
    {
        int blockBytes = _log.Spaces.BlockBytes;
        if (_source is not null && !_isCold && _sourceKind == run.Kind && run.Where >= _sourceFilled && run.Where - _sourceStart < (ulong)blockBytes)
        {
            return true;
        }

        Unpin();
        TailSpace tail = run.Kind == RunKind.Journal ? _log.Spaces.Journal : _log.Spaces.Transient;
        if (!tail.TryPin((long)run.Where, out NativeBlock? block, out int offset))
        {
            _source = null;
            _isCold = false;
            return false;
        }

        _source = block;
        _sourceKind = run.Kind;
        _sourceStart = run.Where - (ulong)offset;
        _sourceFilled = run.Where;
        _isCold = false;
        _isDurable = run.Kind == RunKind.Journal;
        return true;
    }

    private void ReleaseCold()
    {
        if (_isCold)
        {
            _source = null;
            _isCold = false;
            _runEnd = 0;
        }

        _cold?.Release();
        _cold = null;
        _pieceCount = 0;
        _piece = 0;
    }

    private void ReleaseBody()
    {
        _body?.Release();
        _body = null;
        _bodyId = 0;
    }
}
