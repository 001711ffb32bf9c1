using Ropeway.Storage.Disk;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>Tests every byte of a segment, a piece of about 1 MiB at a time. Used by one thread.</summary>
internal sealed class SegmentCheck
{
    private const int PieceBytes = 1024 * 1024;

    private readonly IDiskFile _file;
    private readonly uint _id;
    private readonly Action<int> _beforeRead;
    private readonly List<SegmentEntry> _damaged = [];
    private byte[] _buffer = new byte[PieceBytes];

    private SegmentCheck(IDiskFile file, uint id, Action<int> beforeRead)
    {
        _file = file;
        _id = id;
        _beforeRead = beforeRead;
    }

    /// <summary>Tests a segment.</summary>
    /// <param name="file">The file.</param>
    /// <param name="segment">What is known of it.</param>
    /// <param name="beforeRead">Called before each read with its bytes; may wait.</param>
    /// <exception cref="IOException">Header or footer cannot be read.</exception>
    public static SegmentCheckResult Run(IDiskFile file, Segment segment, Action<int> beforeRead) =>
        new SegmentCheck(file, segment.Id, beforeRead).Run(segment.EntryCount);

    private SegmentCheckResult Run(long entryCount)
    {
        Span<byte> header = stackalloc byte[SegmentFormat.HeaderBytes];
        bool isHeaderWhole = SegmentFormat.IsHeader(header[.._file.Read(header, 0)], _id, out _);
        _beforeRead((int)Math.Min(int.MaxValue, entryCount * SegmentEntry.EntryBytes));
        List<SegmentEntry> entries = SegmentReader.ReadEntries(_file, _id, entryCount, out bool wasRebuilt);
        for (int first = 0; first < entries.Count;)
        {
            int count = CountPiece(entries, first);
            TestPiece(entries.GetRange(first, count));
            first += count;
        }

        return new SegmentCheckResult(isHeaderWhole, !wasRebuilt, entries.Count, _damaged);
    }

    /// <summary>Batches that lie behind each other and fit into one read.</summary>
    private static int CountPiece(List<SegmentEntry> entries, int first)
    {
        int count = 1;
        long bytes = entries[first].BatchBytes;
        while (first + count < entries.Count
            && entries[first + count].Position == entries[first].Position + bytes
            && bytes + entries[first + count].BatchBytes <= PieceBytes)
        {
            bytes += entries[first + count].BatchBytes;
            count++;
        }

        return count;
    }

    private void TestPiece(List<SegmentEntry> entries)
    {
        int bytes = (int)entries.Sum(static entry => entry.BatchBytes);
        if (_buffer.Length < bytes)
        {
            _buffer = new byte[bytes];
        }

        _beforeRead(bytes);
        if (!TryRead(entries[0].Position, bytes, out int readBytes))
        {
            entries.ForEach(TestAlone); // Some of it can perhaps be read.
            return;
        }

        int at = 0;
        foreach (SegmentEntry entry in entries)
        {
            Test(entry, _buffer.AsSpan(at, Math.Min((int)entry.BatchBytes, Math.Max(0, readBytes - at))));
            at += (int)entry.BatchBytes;
        }
    }

    private void TestAlone(SegmentEntry entry)
    {
        _ = TryRead(entry.Position, (int)entry.BatchBytes, out int readBytes);
        Test(entry, _buffer.AsSpan(0, readBytes));
    }

    private void Test(SegmentEntry entry, ReadOnlySpan<byte> batch)
    {
        bool isWhole = batch.Length == entry.BatchBytes
            && BatchHeader.TryValidate(batch, BatchHeader.SegmentSeed(_id, entry.Position), out BatchHeader header)
            && header.LogId == entry.LogId && header.FirstOffset == entry.FirstOffset && header.BatchBytes == entry.BatchBytes;
        if (!isWhole)
        {
            _damaged.Add(entry);
        }
    }

    private bool TryRead(long position, int bytes, out int readBytes)
    {
        try
        {
            readBytes = _file.Read(_buffer.AsSpan(0, bytes), position);
            return true;
        }
        catch (IOException)
        {
            readBytes = 0;
            return false;
        }
    }
}
