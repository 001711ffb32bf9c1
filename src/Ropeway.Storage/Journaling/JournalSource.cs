using Ropeway.Storage.Disk;

namespace Ropeway.Storage.Journaling;

/// <summary>Reads the journal's files as one range of positions through a sliding window. A missing file or end of a file reads as zero. Used by one thread.</summary>
internal sealed class JournalSource : IDisposable
{
    private const int WindowBytes = 8 * 1024 * 1024;

    private readonly IDisk _disk;
    private readonly JournalScanOptions _options;
    private byte[] _window;
    private long _windowPosition;
    private int _windowBytes;
    private IDiskFile? _file;
    private long _fileNumber = -1;
    private long _doneBytes;

    public JournalSource(IDisk disk, JournalScanOptions options)
    {
        _disk = disk;
        _options = options;
        _window = new byte[Math.Min(WindowBytes, options.FileBytes)];
        long last = (options.StartPosition / options.FileBytes) - 1;
        foreach (string name in disk.List(options.Directory))
        {
            if (JournalFile.TryParse(name, out long number))
            {
                last = Math.Max(last, number);
            }
        }

        EndPosition = (last + 1) * options.FileBytes;
    }

    /// <summary>End of the last file.</summary>
    public long EndPosition { get; }

    /// <summary>End of the file that holds a position.</summary>
    public long FileEnd(long position) => ((position / _options.FileBytes) + 1) * _options.FileBytes;

    /// <summary>The bytes from a position on: at least so many, unless the file ends before; possibly more. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Peek(long position, int bytes)
    {
        int wanted = (int)Math.Min(bytes, FileEnd(position) - position);
        if (position < _windowPosition || position + wanted > _windowPosition + _windowBytes)
        {
            Load(position, wanted);
        }

        return _window.AsSpan((int)(position - _windowPosition), (int)(_windowPosition + _windowBytes - position));
    }

    public void Dispose() => _file?.Dispose();

    private void Load(long position, int wanted)
    {
        long number = position / _options.FileBytes;
        if (number != _fileNumber)
        {
            _file?.Dispose();
            _file = null;
            string path = JournalFile.PathOf(_options.Directory, number);
            _file = _disk.Exists(path) ? _disk.Open(path, writable: false) : null;
            _fileNumber = number;
        }

        if (_window.Length < wanted)
        {
            _window = new byte[wanted];
        }

        _windowPosition = position;
        _windowBytes = (int)Math.Min(_window.Length, FileEnd(position) - position);
        Span<byte> window = _window.AsSpan(0, _windowBytes);
        int read = _file is null ? 0 : _file.Read(window, position - (number * _options.FileBytes));
        window[read..].Clear();

        _doneBytes = Math.Max(_doneBytes, position - _options.StartPosition + _windowBytes);
        _options.OnProgress?.Invoke(new RecoveryProgress(_doneBytes, EndPosition - _options.StartPosition));
    }
}
