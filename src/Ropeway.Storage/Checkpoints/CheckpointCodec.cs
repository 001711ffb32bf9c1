using System.Buffers.Binary;
using System.Text;
using Ropeway.Buffers;

namespace Ropeway.Storage;

/// <summary>A checkpoint file in bytes.</summary>
/// <remarks>
/// Header, 64 bytes, little-endian:
/// <code>
///  0  8  magic "RWCHKPNT"
///  8  4  format version
/// 12  4  shard
/// 16  8  generation
/// 24  8  payload bytes
/// 32 24  zero
/// 56  4  crc32c of the payload, seeded with the generation
/// 60  4  crc32c of [0, 60)
/// </code>
/// The payload follows field by field in the order of <see cref="Begin"/> and the Write methods; docs/storage-format.md has the picture.
/// </remarks>
internal static class CheckpointCodec
{
    public const int HeaderBytes = 64;

    /// <summary>What this program writes: 2 knows marks, 3 kept messages. It reads 1 and 2 as well.</summary>
    public const uint Version = 3;

    private static ReadOnlySpan<byte> Magic => "RWCHKPNT"u8;

    /// <summary>Writes the fields in front of the logs.</summary>
    public static void Begin(ByteWriter target, CheckpointImage image)
    {
        target.Clear();
        target.Reserve(HeaderBytes);
        target.Int64(image.StartPosition);
        target.UInt64(image.StartIndex);
        target.Int64(image.SyncedPosition);
        target.UInt32(image.Epoch);
        target.UInt32(image.NextSegmentId);
        target.UInt64(image.NextLogId);
        target.UInt64(image.NextBodyId);
        target.Int32(image.Metadata.Count);
        foreach ((byte[] key, byte[] value) in image.Metadata)
        {
            target.Int32(key.Length);
            target.Int32(value.Length);
            target.Bytes(key);
            target.Bytes(value);
        }

        target.Int32(image.Segments.Count);
        foreach (SegmentImage segment in image.Segments)
        {
            target.UInt32(segment.Id);
            target.Int64(segment.EntryCount);
            target.Int64(segment.RecordCount);
        }

        target.Int32(image.RetiredSegments.Count);
        image.RetiredSegments.ForEach(target.UInt32);
        target.Int32(image.Bodies.Count);
        image.Bodies.ForEach(target.UInt64);
        target.Int32(image.RetiredBodies.Count);
        image.RetiredBodies.ForEach(target.UInt64);
    }

    /// <summary>Writes one log. Under its gate.</summary>
    public static void WriteLog(ByteWriter target, StoredLog log)
    {
        ref LogIndex index = ref log.Index;
        target.UInt64(log.Id);
        target.Int64(index.Start);
        target.Int64(index.End);
        target.Int64(log.PendingHorizon);
        byte[] quarantine = log.Quarantine is null ? [] : Encoding.UTF8.GetBytes(log.Quarantine);
        target.Int32(quarantine.Length);
        target.Bytes(quarantine);
        int countAt = target.Reserve(4);
        int count = 0;
        RunTable? runs = log.Quarantine is null ? null : index.Runs; // Only a quarantined log has damaged runs.
        for (int place = runs?.Head ?? 0; place < (runs?.End ?? 0); place++)
        {
            Run run = runs![place];
            if (run.Kind == RunKind.Damaged)
            {
                target.Int64(run.First);
                target.UInt32(run.Span);
                target.Byte(run.Tag);
                count++;
            }
        }

        target.PatchInt32(countAt, count);
        OffsetSetCodec.Write(target, index.Settled);
        WriteMarks(target, index.Marks);
        OffsetSetCodec.Write(target, index.Kept);
    }

    /// <summary>Sets the journal fields, which are known last.</summary>
    public static void SetStart(ByteWriter target, long startPosition, ulong startIndex, long syncedPosition)
    {
        Span<byte> fields = target.Written[HeaderBytes..];
        BinaryPrimitives.WriteInt64LittleEndian(fields, startPosition);
        BinaryPrimitives.WriteUInt64LittleEndian(fields[8..], startIndex);
        BinaryPrimitives.WriteInt64LittleEndian(fields[16..], syncedPosition);
    }

    /// <summary>Completes the header.</summary>
    public static void End(ByteWriter target, ulong generation, ushort shard)
    {
        Span<byte> file = target.Written;
        Magic.CopyTo(file);
        BinaryPrimitives.WriteUInt32LittleEndian(file[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(file[12..], shard);
        BinaryPrimitives.WriteUInt64LittleEndian(file[16..], generation);
        BinaryPrimitives.WriteInt64LittleEndian(file[24..], file.Length - HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(file[56..], Crc32C.Compute(generation, file[HeaderBytes..]));
        BinaryPrimitives.WriteUInt32LittleEndian(file[60..], Crc32C.Compute(file[..60]));
    }

    /// <summary>Reads a file.</summary>
    /// <param name="file">All its bytes.</param>
    /// <param name="path">For messages.</param>
    /// <param name="generation">What its name says.</param>
    /// <returns>Null when it is damaged.</returns>
    /// <exception cref="StoreException">NewerVersion.</exception>
    public static CheckpointImage? TryRead(ReadOnlySpan<byte> file, string path, ulong generation)
    {
        if (file.Length < HeaderBytes || !file.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(file[60..]) != Crc32C.Compute(file[..60]))
        {
            return null;
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(file[8..]);
        if (version > Version)
        {
            throw new StoreException(StoreFault.NewerVersion, $"{path} has format {version}, this version reads up to {Version}.");
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(file[16..]) != generation
            || BinaryPrimitives.ReadInt64LittleEndian(file[24..]) != file.Length - HeaderBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(file[56..]) != Crc32C.Compute(generation, file[HeaderBytes..]))
        {
            return null;
        }

        ByteReader source = new(file[HeaderBytes..]);
        return Read(ref source, generation, version);
    }

    private static CheckpointImage Read(ref ByteReader source, ulong generation, uint version)
    {
        CheckpointImage image = new()
        {
            Generation = generation,
            StartPosition = source.Int64(),
            StartIndex = source.UInt64(),
            SyncedPosition = source.Int64(),
            Epoch = source.UInt32(),
            NextSegmentId = source.UInt32(),
            NextLogId = source.UInt64(),
            NextBodyId = source.UInt64(),
        };
        for (int left = source.Int32(); left > 0; left--)
        {
            int keyBytes = source.Int32();
            int valueBytes = source.Int32();
            image.Metadata.Add(new(source.Bytes(keyBytes).ToArray(), source.Bytes(valueBytes).ToArray()));
        }

        for (int left = source.Int32(); left > 0; left--)
        {
            image.Segments.Add(new SegmentImage(source.UInt32(), source.Int64(), source.Int64()));
        }

        for (int left = source.Int32(); left > 0; left--)
        {
            image.RetiredSegments.Add(source.UInt32());
        }

        for (int left = source.Int32(); left > 0; left--)
        {
            image.Bodies.Add(source.UInt64());
        }

        for (int left = source.Int32(); left > 0; left--)
        {
            image.RetiredBodies.Add(source.UInt64());
        }

        for (int left = source.Int32(); left > 0; left--)
        {
            image.Logs.Add(ReadLog(ref source, version));
        }

        return image;
    }

    private static LogImage ReadLog(ref ByteReader source, uint version)
    {
        ulong id = source.UInt64();
        long start = source.Int64();
        long end = source.Int64();
        long horizon = source.Int64();
        int quarantineBytes = source.Int32();
        string? quarantine = quarantineBytes == 0 ? null : Encoding.UTF8.GetString(source.Bytes(quarantineBytes));
        List<Run> damaged = [];
        for (int left = source.Int32(); left > 0; left--)
        {
            damaged.Add(new Run { First = source.Int64(), Span = source.UInt32(), Tag = source.Byte(), Kind = RunKind.Damaged });
        }

        OffsetSet? settled = OffsetSetCodec.Read(ref source);
        MarkTable? marks = version >= 2 ? ReadMarks(ref source) : null;
        OffsetSet? kept = version >= 3 ? OffsetSetCodec.Read(ref source) : null;
        return new LogImage(id, start, end, horizon, settled, marks, kept, quarantine, damaged);
    }

    private static void WriteMarks(ByteWriter target, MarkTable? marks)
    {
        target.Int32(marks?.Count ?? 0);
        if (marks is null)
        {
            return;
        }

        foreach (OffsetMark mark in marks.All())
        {
            target.Int64(mark.Offset);
            target.UInt64(mark.Value);
        }
    }

    private static MarkTable? ReadMarks(ref ByteReader source)
    {
        int left = source.Int32();
        MarkTable? marks = left > 0 ? new MarkTable() : null;
        for (; left > 0; left--)
        {
            marks!.Set(source.Int64(), source.UInt64());
        }

        return marks;
    }
}
