using System.Buffers.Binary;

namespace Ropeway.Storage;

/// <summary>One batch as the footer of its segment names it.</summary>
/// <remarks>
/// 48 bytes, little-endian:
/// <code>
///  0  8  logId
///  8  8  firstOffset
/// 16  4  span         offsets up to the exclusive end
/// 20  4  count        records
/// 24  4  position     in the file
/// 28  4  batchBytes
/// 32  1  tag
/// 33  1  flags        1 = external body
/// 34  6  zero
/// 40  8  bodyId       0 when there is none
/// </code>
/// </remarks>
internal readonly record struct SegmentEntry(ulong LogId, long FirstOffset, uint Span, uint Count, uint Position, uint BatchBytes, byte Tag, byte Flags, ulong BodyId)
{
    public const int EntryBytes = 48;

    public void Write(Span<byte> target)
    {
        target[..EntryBytes].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(target, LogId);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], FirstOffset);
        BinaryPrimitives.WriteUInt32LittleEndian(target[16..], Span);
        BinaryPrimitives.WriteUInt32LittleEndian(target[20..], Count);
        BinaryPrimitives.WriteUInt32LittleEndian(target[24..], Position);
        BinaryPrimitives.WriteUInt32LittleEndian(target[28..], BatchBytes);
        target[32] = Tag;
        target[33] = Flags;
        BinaryPrimitives.WriteUInt64LittleEndian(target[40..], BodyId);
    }

    public static SegmentEntry Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(source),
        BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
        BinaryPrimitives.ReadUInt32LittleEndian(source[16..]),
        BinaryPrimitives.ReadUInt32LittleEndian(source[20..]),
        BinaryPrimitives.ReadUInt32LittleEndian(source[24..]),
        BinaryPrimitives.ReadUInt32LittleEndian(source[28..]),
        source[32],
        source[33],
        BinaryPrimitives.ReadUInt64LittleEndian(source[40..]));

    /// <summary>The run that this batch is.</summary>
    public Run ToRun(uint fileId, RunKind kind) => new()
    {
        First = FirstOffset,
        Where = Run.InFile(fileId, Position),
        Span = Span,
        Live = Count,
        Bytes = BatchBytes,
        Kind = kind,
        Tag = Tag,
        Flags = Flags,
    };
}
