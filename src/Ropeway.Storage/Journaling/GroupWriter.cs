using System.Buffers.Binary;
using Ropeway.Buffers;
using Ropeway.Storage.Disk;

namespace Ropeway.Storage.Journaling;

/// <summary>Turns a cut group into bytes on the disk: directory parts, checksums, one write per block, one sync per file. Commit thread only.</summary>
/// <remarks>
/// A small group is written as whole pages past the page cache, durable with one system call, and does not wait for what others write to the same file
/// system. The bytes before it in its first page are written once more as they are; those behind it in its last page become zero, and are
/// written with the next group.
/// </remarks>
internal sealed class GroupWriter : IDisposable
{
    private const int ThroughBytesMax = 64 * 1024;

    private readonly JournalFiles _files;
    private readonly long _startPosition;
    private readonly NativeBlock _pages = NativeBlock.Allocate(ThroughBytesMax);
    private readonly List<IDiskFile> _touched = [];
    private bool _isDisposed;

    /// <param name="files">Where to write.</param>
    /// <param name="startPosition">What lies below is not in the blocks: it was written before this process began.</param>
    public GroupWriter(JournalFiles files, long startPosition)
    {
        _files = files;
        _startPosition = startPosition;
    }

    /// <summary>The blocks of the group to write, in position order.</summary>
    public List<BlockRange> Ranges { get; } = [];

    public long SyncCount { get; private set; }

    public long WrittenBytes { get; private set; }

    /// <summary>Fills the parts of a group's directory, and their copies with what will be known when those are written.</summary>
    public static void FillDirectories(CommitGroup group, long syncedPosition, int entriesPerPart)
    {
        ReadOnlySpan<GroupEntry> entries = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(group.Entries);
        for (int part = 0; part < group.Directories.Count; part++)
        {
            int first = part * entriesPerPart;
            ReadOnlySpan<GroupEntry> slice = entries.Slice(first, Math.Min(entriesPerPart, entries.Length - first));
            var directory = new GroupDirectory(group.CoverStart, group.DataEnd, group.End, syncedPosition, (ushort)part, (ushort)group.Directories.Count);
            directory.Write(group.Directories[part].Payload, slice);

            // The copy is written with the next group, thus after this one was synced.
            (directory with { SyncedPosition = group.End }).Write(group.Copies[part].Payload, slice);
        }
    }

    public static void FillMark(in TailReservation mark, long syncedPosition) => BinaryPrimitives.WriteInt64LittleEndian(mark.Payload, syncedPosition);

    /// <summary>Computes the checksums of everything that the group writes. All of it must be filled.</summary>
    public void Seal(CommitGroup group)
    {
        int range = 0;
        for (int i = group.WrittenCount; i < group.Entries.Count; i++)
        {
            GroupEntry entry = group.Entries[i];
            if (entry.Type == BatchType.Padding)
            {
                continue; // Sealed when it was made.
            }

            while (entry.Position >= Ranges[range].Position + Ranges[range].Bytes)
            {
                range++;
            }

            BlockRange block = Ranges[range];
            int offset = block.Offset + (int)(entry.Position - block.Position);
            BatchHeader.Seal(block.Block.Span.Slice(offset, entry.BatchBytes), (ulong)entry.Position);
        }

        foreach (TailReservation directory in group.Directories)
        {
            BatchHeader.Seal(directory.Block.Span[directory.BatchOffset..], (ulong)directory.Position);
        }
    }

    /// <summary>Writes the ranges and syncs each file once. After a failure nothing of this journal may be trusted or tried again.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void WriteAndSync()
    {
        if (Ranges.Count == 1 && TryWriteThrough(Ranges[0]))
        {
            return;
        }

        _touched.Clear();
        foreach (BlockRange range in Ranges)
        {
            JournalFile file = FileOf(range);
            file.File.Write(range.Block.Span.Slice(range.Offset, range.Bytes), range.Position - (file.Number * _files.FileBytes));
            WrittenBytes += range.Bytes;
            if (_touched.Count == 0 || _touched[^1] != file.File)
            {
                _touched.Add(file.File);
            }
        }

        foreach (IDiskFile file in _touched)
        {
            file.DataSync();
            SyncCount++;
        }
    }

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _pages.Release();
        }
    }

    private bool TryWriteThrough(in BlockRange range)
    {
        const int PageMask = PosixDisk.PageBytes - 1;
        int start = range.Offset & ~PageMask;
        int end = range.Offset + range.Bytes;
        int pageBytes = ((end + PageMask) & ~PageMask) - start; // Within the block: its size is a multiple of a page.
        long position = range.Position - (range.Offset - start);
        if (pageBytes > ThroughBytesMax || position < _startPosition)
        {
            return false;
        }

        Span<byte> pages = _pages.Span[..pageBytes];
        range.Block.Span[start..end].CopyTo(pages);
        pages[(end - start)..].Clear(); // Appenders may be filling what comes next.
        JournalFile file = FileOf(range);
        file.File.WriteThrough(pages, position - (file.Number * _files.FileBytes));
        WrittenBytes += pageBytes;
        SyncCount++;
        return true;
    }

    private JournalFile FileOf(in BlockRange range) => _files.AcquireForWrite(range.Position, mayWait: false)
        ?? throw new System.Diagnostics.UnreachableException("The group's files were made live before.");
}
