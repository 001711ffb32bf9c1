using Ropeway.Buffers;
using Ropeway.Storage.Disk;

namespace Ropeway.Storage.Journaling;

/// <summary>Makes and opens the files of the journal. A new one gets its name only when it has its full length. One thread at a time.</summary>
internal sealed class JournalFileMaker : IDisposable
{
    private const string NewSuffix = ".new";
    private const int ZeroChunkBytes = 256 * 1024;
    private const long RestNanoseconds = 2_000_000; // With these, the 99th percentile of a small group's sync grows by half; without, a hundredfold.

    private readonly IDisk _disk;
    private readonly string _directory;
    private readonly int _fileBytes;
    private readonly NativeBlock _zeros;

    public JournalFileMaker(IDisk disk, string directory, int fileBytes)
    {
        _disk = disk;
        _directory = directory;
        _fileBytes = fileBytes;
        _zeros = NativeBlock.Allocate(Math.Min(ZeroChunkBytes, fileBytes));
        _zeros.Span.Clear();
    }

    /// <summary>The numbers of the files that exist. What a crash left half made is deleted.</summary>
    public SortedSet<long> TakeStock()
    {
        var numbers = new SortedSet<long>();
        foreach (string name in _disk.List(_directory))
        {
            if (JournalFile.TryParse(name, out long number))
            {
                numbers.Add(number);
            }
            else if (name.EndsWith(NewSuffix, StringComparison.Ordinal) && JournalFile.TryParse(name[..^NewSuffix.Length], out _))
            {
                _disk.Delete(Path.Combine(_directory, name));
            }
        }

        return numbers;
    }

    /// <summary>Opens a file that exists, or makes it with reserved, not yet written space.</summary>
    public JournalFile OpenOrMake(long number)
    {
        string path = JournalFile.PathOf(_directory, number);
        if (!_disk.Exists(path))
        {
            return Make(number, static () => FillHaste.Urgent);
        }

        IDiskFile file = _disk.Open(path, writable: true);
        if (file.Bytes < _fileBytes)
        {
            file.Allocate(_fileBytes);
            file.Sync();
        }

        return new JournalFile(number, file);
    }

    /// <summary>Makes a new file: reserve, write zeros, sync, rename, sync the directory.</summary>
    /// <param name="number">The file's number.</param>
    /// <param name="haste">Asked between writes. Zeros only make later syncs cheaper; reserved space reads as zero anyway.</param>
    public JournalFile Make(long number, Func<FillHaste> haste)
    {
        string path = JournalFile.PathOf(_directory, number);
        string newPath = path + NewSuffix;
        if (_disk.Exists(newPath))
        {
            _disk.Delete(newPath);
        }

        try
        {
            using IDiskFile file = _disk.Create(newPath);
            file.Allocate(_fileBytes);
            ZeroFill(file, haste);
            file.Sync();
        }
        catch (IOException exception) when (Errno.IsShortage(exception))
        {
            if (_disk.Exists(newPath))
            {
                _disk.Delete(newPath); // Gives the space back to those who can use it.
            }

            throw;
        }

        _disk.Rename(newPath, path);
        _disk.SyncDirectory(_directory);
        return new JournalFile(number, _disk.Open(path, writable: true));
    }

    /// <summary>Gives a file that is no longer needed a new number.</summary>
    public void Rename(JournalFile file, long number)
    {
        string path = JournalFile.PathOf(_directory, number);
        _disk.Rename(JournalFile.PathOf(_directory, file.Number), path);
        _disk.SyncDirectory(_directory);
        file.File.NoteRename(path);
        file.Number = number;
    }

    public void Delete(JournalFile file)
    {
        file.File.Dispose();
        _disk.Delete(JournalFile.PathOf(_directory, file.Number));
        _disk.SyncDirectory(_directory);
    }

    public void Dispose() => _zeros.Release();

    /// <summary>In small writes past the page cache, so that the commit thread's syncs wait for a piece at most.</summary>
    private void ZeroFill(IDiskFile file, Func<FillHaste> haste)
    {
        FillHaste now;
        for (long position = 0; position < _fileBytes && (now = haste()) != FillHaste.Urgent; position += _zeros.Bytes)
        {
            int bytes = (int)Math.Min(_zeros.Bytes, _fileBytes - position);
            file.WriteThrough(_zeros.Span[..bytes], position);
            if (now == FillHaste.None)
            {
                Posix.Pause(RestNanoseconds);
            }
        }
    }
}
