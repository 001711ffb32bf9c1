using System.Buffers.Binary;
using Ropeway.Buffers;

namespace Ropeway.Storage.Journaling;

/// <summary>Header of a batch: the unit of append, of checksum and of reading, the same in journal and segments.</summary>
/// <remarks>
/// Little-endian, 48 bytes, batches begin at multiples of 8:
/// <code>
///  0  4  crc32c       over [4, batchBytes), seeded with the batch's position; padding: over [4, 48) only
///  4  4  batchBytes   header, payload and padding together, a multiple of 8
///  8  1  type         see BatchType
///  9  1  tag          the owner's byte
/// 10  1  flags        1 = external body, 2 = belongs to a unit, 4 = refers to a shared part
/// 11  1  padBytes     0..7, zero bytes behind the payload
/// 12  4  count        records
/// 16  8  index        number of the batch in the shard, from 1; 0 in segments
/// 24  8  logId
/// 32  8  firstOffset
/// 40  4  epoch
/// 44  2  shard
/// 46  2  magic        0x5752
/// </code>
/// </remarks>
internal readonly record struct BatchHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderBytes = 48;

    /// <summary>Flag: the payload starts with the id of the file that holds the one record's body.</summary>
    public const byte ExternalBody = 1;

    /// <summary>Flag, in the journal only: the payload starts with the id of the unit that the batch belongs to, before everything else.</summary>
    public const byte InUnit = 2;

    /// <summary>Flag, in the journal only: behind the unit's id the payload says where the shared part lies that the records refer to.</summary>
    public const byte Referring = 4;

    /// <summary>Where the magic number lies in the header.</summary>
    public const int MagicOffset = 46;

    private const ushort Magic = 0x5752;

    /// <summary>The magic number as it lies on the disk.</summary>
    public static ReadOnlySpan<byte> MagicBytes => [0x52, 0x57];

    public int BatchBytes { get; init; }

    public BatchType Type { get; init; }

    public byte Tag { get; init; }

    public byte Flags { get; init; }

    public byte PadBytes { get; init; }

    public int Count { get; init; }

    public ulong Index { get; init; }

    public ulong LogId { get; init; }

    public long FirstOffset { get; init; }

    public uint Epoch { get; init; }

    public ushort Shard { get; init; }

    /// <summary>Payload bytes, without header and padding. For a padding batch 0: its content is not defined.</summary>
    public int PayloadBytes => Type == BatchType.Padding ? 0 : BatchBytes - HeaderBytes - PadBytes;

    /// <summary>Bytes that the checksum covers and that must be present to validate the batch.</summary>
    public int CheckedBytes => Type == BatchType.Padding ? HeaderBytes : BatchBytes;

    /// <summary>Bytes that a batch with this payload takes.</summary>
    public static int BatchBytesFor(int payloadBytes) => (HeaderBytes + payloadBytes + 7) & ~7;

    /// <summary>Seed of the checksum of a batch in a segment.</summary>
    public static ulong SegmentSeed(ulong segmentId, long filePosition) => (segmentId << 40) | (ulong)filePosition;

    /// <summary>Writes the header with a checksum of 0 and clears the pad bytes; <see cref="Seal"/> completes it.</summary>
    /// <param name="batch">The whole batch; for padding at least the header.</param>
    public void Write(Span<byte> batch)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(batch, (ulong)(uint)BatchBytes << 32);
        batch[8] = (byte)Type;
        batch[9] = Tag;
        batch[10] = Flags;
        batch[11] = PadBytes;
        BinaryPrimitives.WriteInt32LittleEndian(batch[12..], Count);
        BinaryPrimitives.WriteUInt64LittleEndian(batch[16..], Index);
        BinaryPrimitives.WriteUInt64LittleEndian(batch[24..], LogId);
        BinaryPrimitives.WriteInt64LittleEndian(batch[32..], FirstOffset);
        BinaryPrimitives.WriteUInt32LittleEndian(batch[40..], Epoch);
        BinaryPrimitives.WriteUInt16LittleEndian(batch[44..], Shard);
        BinaryPrimitives.WriteUInt16LittleEndian(batch[MagicOffset..], Magic);
        if (PadBytes > 0)
        {
            batch.Slice(BatchBytes - PadBytes, PadBytes).Clear();
        }
    }

    /// <summary>Computes the checksum of a batch whose header and payload are complete, and writes it.</summary>
    /// <param name="batch">The batch from its first byte on, at least its checked bytes.</param>
    /// <param name="seed">The batch's journal position, or <see cref="SegmentSeed"/>.</param>
    public static void Seal(Span<byte> batch, ulong seed)
    {
        int checkedBytes = batch[8] == (byte)BatchType.Padding ? HeaderBytes : BinaryPrimitives.ReadInt32LittleEndian(batch[4..]);
        BinaryPrimitives.WriteUInt32LittleEndian(batch, Crc32C.Compute(seed, batch[4..checkedBytes]));
    }

    /// <summary>Reads a header without looking at the checksum.</summary>
    /// <param name="bytes">From the batch's first byte on.</param>
    /// <param name="header">The header.</param>
    /// <returns>False when these bytes cannot be a header: too few, wrong magic, impossible lengths or type.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out BatchHeader header)
    {
        header = default;
        if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadUInt16LittleEndian(bytes[MagicOffset..]) != Magic)
        {
            return false;
        }

        header = new BatchHeader
        {
            BatchBytes = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            Type = (BatchType)bytes[8],
            Tag = bytes[9],
            Flags = bytes[10],
            PadBytes = bytes[11],
            Count = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
            Index = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            LogId = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            FirstOffset = BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            Epoch = BinaryPrimitives.ReadUInt32LittleEndian(bytes[40..]),
            Shard = BinaryPrimitives.ReadUInt16LittleEndian(bytes[44..]),
        };
        return header.Type is >= BatchType.Messages and <= BatchType.SharedPart
            && header.BatchBytes >= HeaderBytes + header.PadBytes
            && (header.BatchBytes & 7) == 0
            && header.PadBytes < 8
            && header.Count >= 0;
    }

    /// <summary>Reads a header and tests the checksum of the whole batch.</summary>
    /// <param name="bytes">From the batch's first byte on; may be longer than the batch.</param>
    /// <param name="seed">The batch's journal position, or <see cref="SegmentSeed"/>.</param>
    /// <param name="header">The header, meaningful only when the answer is true.</param>
    public static bool TryValidate(ReadOnlySpan<byte> bytes, ulong seed, out BatchHeader header)
    {
        return TryRead(bytes, out header)
            && header.CheckedBytes <= bytes.Length
            && Crc32C.Compute(seed, bytes[4..header.CheckedBytes]) == BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
