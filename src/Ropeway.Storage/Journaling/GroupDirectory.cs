using System.Buffers.Binary;

namespace Ropeway.Storage.Journaling;

/// <summary>One part of a group's directory: payload of the batch types GroupDirectory and DirectoryCopy. It names the group's batches, so that damage names its victims.</summary>
/// <remarks>
/// Little-endian; the header's count is the number of entries in this part:
/// <code>
///  0  8  groupStart       position of the first batch that the directory covers
///  8  8  dataEnd          end of the last named batch; the parts of the directory follow
/// 16  8  groupEnd         end of the last part
/// 24  8  syncedPosition   everything below was durable before the batch that says so was written
/// 32  2  part             0 ..
/// 34  2  parts
/// 36  4  zero
/// 40  .. entries, 32 bytes each:
///        0 8 logId   8 8 firstOffset   16 4 count   20 4 position - groupStart   24 4 batchBytes   28 1 type   29 3 zero
/// </code>
/// A synced mark's payload is the syncedPosition alone (8 bytes).
/// </remarks>
internal readonly record struct GroupDirectory(long GroupStart, long DataEnd, long GroupEnd, long SyncedPosition, ushort Part, ushort Parts)
{
    public const int PrefixBytes = 40;
    public const int EntryBytes = 32;

    /// <summary>Payload bytes of a synced mark.</summary>
    public const int MarkBytes = 8;

    /// <summary>Entries of one part at most, so that a part stays below 64 KiB and well below a block.</summary>
    public static int EntryCountMax(int blockBytes) => (Math.Min(64 * 1024, blockBytes / 4) - BatchHeader.HeaderBytes - PrefixBytes) / EntryBytes;

    public static int PayloadBytes(int entryCount) => PrefixBytes + (entryCount * EntryBytes);

    public void Write(Span<byte> payload, ReadOnlySpan<GroupEntry> entries)
    {
        BinaryPrimitives.WriteInt64LittleEndian(payload, GroupStart);
        BinaryPrimitives.WriteInt64LittleEndian(payload[8..], DataEnd);
        BinaryPrimitives.WriteInt64LittleEndian(payload[16..], GroupEnd);
        BinaryPrimitives.WriteInt64LittleEndian(payload[24..], SyncedPosition);
        BinaryPrimitives.WriteUInt16LittleEndian(payload[32..], Part);
        BinaryPrimitives.WriteUInt16LittleEndian(payload[34..], Parts);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[36..], 0);
        payload = payload[PrefixBytes..];
        foreach (ref readonly GroupEntry entry in entries)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(payload, entry.LogId);
            BinaryPrimitives.WriteInt64LittleEndian(payload[8..], entry.FirstOffset);
            BinaryPrimitives.WriteInt32LittleEndian(payload[16..], entry.Count);
            BinaryPrimitives.WriteUInt32LittleEndian(payload[20..], checked((uint)(entry.Position - GroupStart)));
            BinaryPrimitives.WriteInt32LittleEndian(payload[24..], entry.BatchBytes);
            BinaryPrimitives.WriteUInt32LittleEndian(payload[28..], (byte)entry.Type);
            payload = payload[EntryBytes..];
        }
    }

    /// <summary>Reads the fixed part of a payload whose batch has been validated.</summary>
    /// <returns>False when the payload cannot be a directory of that many entries.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, int entryCount, out GroupDirectory directory)
    {
        directory = default;
        if (payload.Length < PrefixBytes || (payload.Length - PrefixBytes) / EntryBytes != entryCount)
        {
            return false;
        }

        directory = new GroupDirectory(
            BinaryPrimitives.ReadInt64LittleEndian(payload),
            BinaryPrimitives.ReadInt64LittleEndian(payload[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[24..]),
            BinaryPrimitives.ReadUInt16LittleEndian(payload[32..]),
            BinaryPrimitives.ReadUInt16LittleEndian(payload[34..]));
        return true;
    }

    /// <summary>Reads one entry of a payload that <see cref="TryRead"/> accepted.</summary>
    public static GroupEntry ReadEntry(ReadOnlySpan<byte> payload, int entry, long groupStart)
    {
        ReadOnlySpan<byte> bytes = payload.Slice(PrefixBytes + (entry * EntryBytes), EntryBytes);
        return new GroupEntry(
            groupStart + BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]),
            (BatchType)bytes[28],
            BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]));
    }
}
