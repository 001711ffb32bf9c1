using System.Diagnostics;
using Ropeway.Storage.Disk;

namespace Ropeway.Storage.Journaling;

/// <summary>
/// The journal's files: live ones, ready ones ahead of them, and retired ones that become ready again under a new name. Files are made
/// and renamed by one thread at a time (<see cref="RunWork"/>); everything else may be called by any thread.
/// A crash leaves at most a file with the suffix .new, which is deleted at the next start.
/// </summary>
internal sealed class JournalFiles : IDisposable
{
    /// <summary>Files kept ready: the next one, and one in reserve for settlements, horizons and metadata.</summary>
    public const int ReadyCountTarget = 2;

    private const int RewriteChunkBytes = 1024 * 1024;

    private readonly object _gate = new(); // A monitor, because the commit thread waits on it for a file.
    private readonly JournalOptions _options;
    private readonly Queue<JournalFile> _ready = new();
    private readonly List<JournalFile> _live = []; // Consecutive numbers.
    private readonly List<JournalFile> _retired = [];
    private readonly JournalFileMaker _maker;
    private long _nextNumber;
    private long _availableEnd;
    private bool _isClosed;
    private bool _isStopping;
    private bool _isAwaited; // A group waits for a file.
    private volatile bool _isUrgent;
    private volatile string? _shortage;
    private volatile string? _spaceShortage;

    private JournalFiles(JournalOptions options)
    {
        _options = options;
        _maker = new JournalFileMaker(options.Disk, options.Directory, options.FileBytes);
    }

    public int FileBytes => _options.FileBytes;

    /// <summary>Called when <see cref="RunWork"/> has something to do; it may only signal.</summary>
    public Action? OnWork { get; set; }

    /// <summary>End of the last file that exists.</summary>
    public long AvailableEnd => Volatile.Read(ref _availableEnd);

    /// <summary>Why no further file can be made at the moment; null when none is needed.</summary>
    public string? Shortage => _shortage;

    /// <summary>Why the file system gives no space for a further file; null while it does.</summary>
    public string? SpaceShortage => _spaceShortage;

    /// <summary>Set while publishers wait for a file: zero-filling is then left out.</summary>
    public bool IsUrgent
    {
        get => _isUrgent;
        set => _isUrgent = value;
    }

    public int LiveCount
    {
        get
        {
            lock (_gate)
            {
                return _live.Count;
            }
        }
    }

    public int TotalCount
    {
        get
        {
            lock (_gate)
            {
                return _live.Count + _ready.Count + _retired.Count;
            }
        }
    }

    public long LiveStartPosition
    {
        get
        {
            lock (_gate)
            {
                return _live[0].Number * FileBytes;
            }
        }
    }

    /// <summary>Publishers wait when that many exist: the mover has fallen half a horizon behind.</summary>
    private int CountMax => _options.Files + Math.Max(2, _options.Files / 2) + 1;

    /// <summary>Opens what is there and makes what is missing to start at a position at once, without zero-filling.</summary>
    /// <param name="options">Directory, sizes and disk.</param>
    /// <param name="startPosition">Oldest position that still counts; the start of a file.</param>
    /// <param name="endPosition">Where the next batch will be written.</param>
    public static JournalFiles Open(JournalOptions options, long startPosition, long endPosition)
    {
        var files = new JournalFiles(options);
        try
        {
            files.OpenExisting(startPosition / options.FileBytes, endPosition / options.FileBytes);
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Makes the file of a position live.</summary>
    /// <param name="position">Where the next bytes are to be written.</param>
    /// <param name="mayWait">Whether to wait for a file to be made.</param>
    /// <returns>The file, or null when there is none (yet) or the journal was closed.</returns>
    public JournalFile? AcquireForWrite(long position, bool mayWait)
    {
        long number = position / FileBytes;
        lock (_gate)
        {
            while (true)
            {
                while (_live[^1].Number < number && _ready.TryDequeue(out JournalFile? next))
                {
                    _live.Add(next);
                }

                if (_live[^1].Number >= number)
                {
                    _isAwaited = false;
                    return _live[(int)(number - _live[0].Number)];
                }

                if (_isStopping)
                {
                    return null;
                }

                _isAwaited = true;
                OnWork?.Invoke(); // A group may need more files than were ready.
                if (!mayWait)
                {
                    return null;
                }

                Monitor.Wait(_gate);
            }
        }
    }

    public bool TryPin(long position, out JournalFilePin pin)
    {
        long number = position / FileBytes;
        lock (_gate)
        {
            if (_isClosed || _live.Count == 0 || number < _live[0].Number || number > _live[^1].Number)
            {
                pin = default;
                return false;
            }

            JournalFile file = _live[(int)(number - _live[0].Number)];
            file.PinCount++;
            pin = new JournalFilePin(this, file, number * FileBytes);
            return true;
        }
    }

    public void Unpin(JournalFile file)
    {
        lock (_gate)
        {
            file.PinCount--;
            if (file.PinCount > 0)
            {
                return;
            }

            if (_isClosed)
            {
                file.File.Dispose();
                return;
            }

            if (!_retired.Contains(file))
            {
                return;
            }
        }

        OnWork?.Invoke();
    }

    /// <summary>Writes durably once more what recovery read from the page cache but what no later batch proves to be on the disk: the process before may have died of a failed sync.</summary>
    public void Rewrite(long startPosition, long endPosition)
    {
        while (startPosition < endPosition)
        {
            JournalFile file = AcquireForWrite(startPosition, mayWait: false)
                ?? throw new UnreachableException("Files up to the end are opened at start.");
            long fileStart = file.Number * FileBytes;
            long fileEnd = Math.Min(endPosition, fileStart + FileBytes);
            var chunk = new byte[Math.Min(RewriteChunkBytes, fileEnd - startPosition)];
            for (; startPosition < fileEnd; startPosition += chunk.Length)
            {
                Span<byte> bytes = chunk.AsSpan(0, (int)Math.Min(chunk.Length, fileEnd - startPosition));
                _ = file.File.Read(bytes, startPosition - fileStart);
                file.File.Write(bytes, startPosition - fileStart);
            }

            startPosition = fileEnd;
            file.File.DataSync();
        }

        _options.Disk.SyncDirectory(_options.Directory);
    }

    /// <summary>Takes the files that lie wholly below a position out of the live ones; <see cref="RunWork"/> renames them.</summary>
    public void Retire(long belowPosition)
    {
        lock (_gate)
        {
            while (_live.Count > 1 && (_live[0].Number + 1) * FileBytes <= belowPosition)
            {
                _retired.Add(_live[0]);
                _live.RemoveAt(0);
            }
        }
    }

    /// <summary>Recycles retired files and makes new ones until enough are ready. Waits for the disk.</summary>
    /// <returns>False when it must be tried again later because something is short.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    public bool RunWork()
    {
        while (TakeRetired(out JournalFile? retired, out bool isSurplus))
        {
            if (isSurplus)
            {
                _maker.Delete(retired!);
            }
            else
            {
                _maker.Rename(retired!, _nextNumber);
                Publish(retired!);
            }
        }

        try
        {
            while (NeedsNewFile())
            {
                Publish(_maker.Make(_nextNumber, AskHaste));
            }

            _spaceShortage = null;
        }
        catch (IOException exception) when (Errno.IsShortage(exception))
        {
            _shortage = _spaceShortage = $"No journal file can be made: {exception.Message}";
            return false;
        }

        return _shortage is null;
    }

    /// <summary>Wakes whoever waits for a file, lets nobody wait any more and makes no more files. What exists can still be read.</summary>
    public void StopMaking()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Closes all files that nobody has pinned; pinned ones follow with their last pin.</summary>
    public void Dispose()
    {
        StopMaking();
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            foreach (JournalFile file in (IEnumerable<JournalFile>)[.. _live, .. _ready, .. _retired])
            {
                if (file.PinCount == 0)
                {
                    file.File.Dispose();
                }
            }

            _ready.Clear();
            _retired.Clear();
        }

        _maker.Dispose();
    }

    private FillHaste AskHaste()
    {
        if (_isUrgent)
        {
            return FillHaste.Urgent;
        }

        lock (_gate)
        {
            return _isStopping || _isAwaited ? FillHaste.Urgent
                : _ready.Count > 0 && _options.OwnThreads ? FillHaste.None
                : FillHaste.Soon;
        }
    }

    private void OpenExisting(long startNumber, long endNumber)
    {
        SortedSet<long> numbers = _maker.TakeStock();
        _nextNumber = startNumber;
        while (numbers.Remove(_nextNumber) || _nextNumber <= endNumber + 1)
        {
            if (!TryOpenOrMake(_nextNumber, isNeeded: _nextNumber <= endNumber))
            {
                break;
            }

            _nextNumber++;
        }

        foreach (long number in numbers) // Below the start, or beyond a gap: only good for their space.
        {
            _retired.Add(_maker.OpenOrMake(number));
        }

        Volatile.Write(ref _availableEnd, _nextNumber * FileBytes);
    }

    private bool TryOpenOrMake(long number, bool isNeeded)
    {
        try
        {
            JournalFile file = _maker.OpenOrMake(number);
            if (isNeeded)
            {
                _live.Add(file);
            }
            else
            {
                _ready.Enqueue(file);
            }

            return true;
        }
        catch (IOException exception) when (!isNeeded && Errno.IsShortage(exception))
        {
            return false; // A full disk must not keep a store from starting: consumers are to empty it.
        }
    }

    private bool TakeRetired(out JournalFile? file, out bool isSurplus)
    {
        lock (_gate)
        {
            int found = _retired.FindIndex(static candidate => candidate.PinCount == 0);
            file = found < 0 ? null : _retired[found];
            isSurplus = _ready.Count >= Math.Max(ReadyCountTarget, _options.Files);
            if (file is null)
            {
                return false;
            }

            _retired.RemoveAt(found);
            return true;
        }
    }

    private bool NeedsNewFile()
    {
        lock (_gate)
        {
            if (_isStopping || _ready.Count >= ReadyCountTarget)
            {
                _shortage = null;
                return false;
            }

            int usable = _live.Count + _ready.Count + _retired.Count(static file => file.PinCount == 0); // What a backup holds must not stop publishers.
            bool isFull = usable >= CountMax;
            _shortage = isFull ? $"The journal has reached {CountMax} files and waits until the oldest are emptied." : _shortage;

            // Emptying them ends with a checkpoint that waits for the journal, so the bound stops publishers but never the commit thread.
            return !isFull || (_isAwaited && _ready.Count == 0);
        }
    }

    private void Publish(JournalFile file)
    {
        Debug.Assert(file.Number == _nextNumber, "Files are made in order.");
        lock (_gate)
        {
            _nextNumber++;
            _ready.Enqueue(file);
            Volatile.Write(ref _availableEnd, _nextNumber * FileBytes);
            Monitor.PulseAll(_gate);
        }
    }
}
