using Ropeway.Buffers;
using Ropeway.Storage.Disk;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>Reads which batches a segment holds: from its footer, or from the batches when the footer is damaged.</summary>
internal static class SegmentReader
{
    /// <summary>Reads the entries.</summary>
    /// <param name="file">The segment.</param>
    /// <param name="id">Its id.</param>
    /// <param name="entryCount">How many the checkpoint says there are.</param>
    /// <param name="wasRebuilt">True when the footer was damaged and the entries come from the batches.</param>
    /// <returns>Them, in the order of the file; fewer than <paramref name="entryCount"/> when batches are damaged and the footer, too.</returns>
    /// <exception cref="StoreException">Written by a newer version.</exception>
    public static List<SegmentEntry> ReadEntries(IDiskFile file, uint id, long entryCount, out bool wasRebuilt)
    {
        Span<byte> header = stackalloc byte[SegmentFormat.HeaderBytes];
        int headerBytes = file.Read(header, 0);
        if (SegmentFormat.IsHeader(header[..headerBytes], id, out uint version) && version > SegmentFormat.Version)
        {
            throw new StoreException(StoreFault.NewerVersion, $"{file.Path} has format {version}, this version reads up to {SegmentFormat.Version}.");
        }

        wasRebuilt = false;
        if (TryReadFooter(file, id, out List<SegmentEntry> entries) && entries.Count == entryCount)
        {
            return entries;
        }

        wasRebuilt = true;
        return Rebuild(file, id);
    }

    private static bool TryReadFooter(IDiskFile file, uint id, out List<SegmentEntry> entries)
    {
        entries = [];
        long bytes = file.Bytes;
        Span<byte> trailer = stackalloc byte[SegmentFormat.TrailerBytes];
        if (bytes < SegmentFormat.HeaderBytes + SegmentFormat.TrailerBytes
            || file.Read(trailer, bytes - SegmentFormat.TrailerBytes) != trailer.Length
            || !SegmentFormat.TryReadTrailer(trailer, id, out long position, out long count, out uint crc)
            || position + (count * SegmentEntry.EntryBytes) + SegmentFormat.TrailerBytes != bytes
            || count > int.MaxValue / SegmentEntry.EntryBytes)
        {
            return false;
        }

        byte[] footer = new byte[count * SegmentEntry.EntryBytes];
        if (file.Read(footer, position) != footer.Length || Crc32C.Compute(id, footer) != crc)
        {
            return false;
        }

        entries.Capacity = (int)count;
        for (int at = 0; at < footer.Length; at += SegmentEntry.EntryBytes)
        {
            entries.Add(SegmentEntry.Read(footer.AsSpan(at)));
        }

        return true;
    }

    /// <summary>Reads all batches; what lies between valid ones is passed over.</summary>
    private static List<SegmentEntry> Rebuild(IDiskFile file, uint id)
    {
        List<SegmentEntry> entries = [];
        byte[] buffer = new byte[2 * 1024 * 1024];
        long fileBytes = file.Bytes;
        for (long position = SegmentFormat.HeaderBytes; position + BatchHeader.HeaderBytes <= fileBytes;)
        {
            int headerBytes = file.Read(buffer.AsSpan(0, BatchHeader.HeaderBytes), position);
            if (BatchHeader.TryRead(buffer.AsSpan(0, headerBytes), out BatchHeader unproven) && unproven.BatchBytes <= buffer.Length)
            {
                ReadOnlySpan<byte> batch = buffer.AsSpan(0, file.Read(buffer.AsSpan(0, unproven.BatchBytes), position));
                if (BatchHeader.TryValidate(batch, BatchHeader.SegmentSeed(id, position), out BatchHeader header) && header.Type == BatchType.Messages)
                {
                    entries.Add(EntryOf(batch, header, position));
                    position += header.BatchBytes;
                    continue;
                }
            }

            position += 8;
        }

        return entries;
    }

    private static SegmentEntry EntryOf(ReadOnlySpan<byte> batch, in BatchHeader header, long position)
    {
        BatchCursor cursor = BatchCursor.Before(0, header.BatchBytes, header.FirstOffset);
        long last = header.FirstOffset;
        while (cursor.MoveNext(batch, header.LogId))
        {
            last = cursor.Current;
        }

        return new SegmentEntry(
            header.LogId, header.FirstOffset, (uint)(last + 1 - header.FirstOffset), (uint)header.Count, (uint)position, (uint)header.BatchBytes,
            header.Tag, header.Flags, cursor.IsExternal ? cursor.BodyId : 0);
    }
}
