using Ropeway.Storage.Disk;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>Tests the batches of one live journal file that are durable, a piece of about 1 MiB at a time. Used by one thread.</summary>
internal sealed class JournalCheck
{
    private const int PieceBytes = 1024 * 1024;

    private readonly JournalFilePin _pin;
    private readonly long _end;
    private readonly Action<int> _beforeRead;
    private byte[] _window = new byte[PieceBytes];
    private long _windowPosition;
    private int _windowBytes;

    private JournalCheck(JournalFilePin pin, long end, Action<int> beforeRead)
    {
        _pin = pin;
        _end = end;
        _beforeRead = beforeRead;
        _windowPosition = pin.StartPosition;
    }

    /// <summary>Tests a file.</summary>
    /// <param name="pin">The file.</param>
    /// <param name="end">Everything in it below this position is durable.</param>
    /// <param name="beforeRead">Called before each read with its bytes; may wait.</param>
    /// <returns>The damaged ranges of positions.</returns>
    public static List<(long Start, long End)> Run(JournalFilePin pin, long end, Action<int> beforeRead) =>
        new JournalCheck(pin, Math.Min(end, pin.EndPosition), beforeRead).Run();

    private List<(long Start, long End)> Run()
    {
        List<(long Start, long End)> damaged = [];
        for (long position = _pin.StartPosition; position < _end;)
        {
            if (TryReadBatch(position, out BatchHeader header))
            {
                position += header.BatchBytes;
                continue;
            }

            long next = position + 8;
            while (next < _end && !TryReadBatch(next, out _))
            {
                next += 8;
            }

            damaged.Add((position, Math.Min(next, _end)));
            position = next;
        }

        return damaged;
    }

    private bool TryReadBatch(long position, out BatchHeader header) =>
        BatchHeader.TryRead(Peek(position, BatchHeader.HeaderBytes), out header)
        && position + header.BatchBytes <= _end
        && BatchHeader.TryValidate(Peek(position, header.CheckedBytes), (ulong)position, out header);

    /// <summary>The bytes from a position on; fewer than asked for where they end or cannot be read.</summary>
    private ReadOnlySpan<byte> Peek(long position, int bytes)
    {
        int wanted = (int)Math.Min(bytes, _end - position);
        if (position < _windowPosition || position + wanted > _windowPosition + _windowBytes)
        {
            Load(position, wanted);
        }

        int at = (int)(position - _windowPosition);
        return at >= _windowBytes ? [] : _window.AsSpan(at, _windowBytes - at);
    }

    private void Load(long position, int wanted)
    {
        if (_window.Length < wanted)
        {
            _window = new byte[wanted];
        }

        int bytes = (int)Math.Min(_window.Length, _end - position);
        _beforeRead(bytes);
        _windowPosition = position;
        try
        {
            _windowBytes = _pin.ReadAt(position, _window.AsSpan(0, bytes));
        }
        catch (IOException)
        {
            _window.AsSpan(0, bytes).Clear(); // What cannot be read is damaged.
            _windowBytes = bytes;
        }
    }
}
