using System.Buffers.Binary;
using Ropeway.Buffers;

namespace Ropeway.Storage;

/// <summary>Header and trailer of a segment file.</summary>
/// <remarks>
/// All little-endian. Header, 64 bytes, then batches, then 48-byte entries (see <see cref="SegmentEntry"/>), then the trailer:
/// <code>
/// header    0  8  magic "RWSEGMNT"      trailer   0  8  position of the first entry
///           8  4  format version                  8  8  entries
///          12  4  shard                          16  8  records
///          16  8  segment id                     24  8  segment id
///          24 36  zero                           32  4  crc32c of the entries, seeded with the segment id
///          60  4  crc32c of [0, 60)              36  4  zero
///                                                40  4  magic 0x54474553
///                                                44  4  crc32c of [0, 44), seeded with the segment id
/// </code>
/// </remarks>
internal static class SegmentFormat
{
    public const int HeaderBytes = 64;
    public const int TrailerBytes = 48;
    public const uint Version = 1;

    private const uint TrailerMagic = 0x5447_4553;

    private static ReadOnlySpan<byte> Magic => "RWSEGMNT"u8;

    public static void WriteHeader(Span<byte> target, uint id, ushort shard)
    {
        target[..HeaderBytes].Clear();
        Magic.CopyTo(target);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(target[12..], shard);
        BinaryPrimitives.WriteUInt64LittleEndian(target[16..], id);
        BinaryPrimitives.WriteUInt32LittleEndian(target[60..], Crc32C.Compute(target[..60]));
    }

    /// <summary>Tests a header.</summary>
    /// <returns>False when it is damaged or belongs to another segment.</returns>
    public static bool IsHeader(ReadOnlySpan<byte> bytes, uint id, out uint version)
    {
        version = bytes.Length < HeaderBytes ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        return bytes.Length >= HeaderBytes
            && bytes.StartsWith(Magic)
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[60..]) == Crc32C.Compute(bytes[..60])
            && BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]) == id;
    }

    public static void WriteTrailer(Span<byte> target, uint id, long entriesPosition, ReadOnlySpan<byte> entries, long recordCount)
    {
        target[..TrailerBytes].Clear();
        BinaryPrimitives.WriteInt64LittleEndian(target, entriesPosition);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], entries.Length / SegmentEntry.EntryBytes);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], recordCount);
        BinaryPrimitives.WriteUInt64LittleEndian(target[24..], id);
        BinaryPrimitives.WriteUInt32LittleEndian(target[32..], Crc32C.Compute(id, entries));
        BinaryPrimitives.WriteUInt32LittleEndian(target[40..], TrailerMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(target[44..], Crc32C.Compute(id, target[..44]));
    }

    public static bool TryReadTrailer(ReadOnlySpan<byte> bytes, uint id, out long entriesPosition, out long entryCount, out uint entriesCrc)
    {
        entriesPosition = 0;
        entryCount = 0;
        entriesCrc = 0;
        if (bytes.Length != TrailerBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[40..]) != TrailerMagic
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[44..]) != Crc32C.Compute(id, bytes[..44]))
        {
            return false;
        }

        entriesPosition = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        entryCount = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
        entriesCrc = BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..]);
        return true;
    }
}
