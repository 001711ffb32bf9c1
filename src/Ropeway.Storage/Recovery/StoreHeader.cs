using System.Buffers.Binary;
using Ropeway.Buffers;
using Ropeway.Storage.Disk;

namespace Ropeway.Storage;

/// <summary>The file "store": written once when the directory is made.</summary>
/// <remarks>
/// 64 bytes, little-endian:
/// <code>
///  0  8  magic "RWSTORE1"
///  8  4  format version of the whole directory
/// 12  4  shard
/// 16  8  created, milliseconds since 1970 UTC
/// 24  4  journal file bytes
/// 28  4  tail block bytes
/// 32 28  zero
/// 60  4  crc32c of [0, 60)
/// </code>
/// </remarks>
internal readonly record struct StoreHeader(uint FormatVersion, ushort Shard, long CreatedMs, int JournalFileBytes, int TailBlockBytes)
{
    /// <summary>What this program writes: 2 knows units, 3 kept messages, 4 shared parts. It reads 1 to 3 as well.</summary>
    public const uint Version = 4;

    /// <summary>Bytes of the file.</summary>
    public const int HeaderBytes = 64;

    private static ReadOnlySpan<byte> Magic => "RWSTORE1"u8;

    /// <summary>Reads the header of a directory.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="StoreException">Damaged or NewerVersion.</exception>
    public static StoreHeader? Read(IDisk disk, string directory)
    {
        string path = Path.Combine(directory, StoreFiles.Header);
        if (!disk.Exists(path))
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[HeaderBytes];
        using IDiskFile file = disk.Open(path, writable: false);
        if (file.Read(bytes, 0) != HeaderBytes || !bytes.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[60..]) != Crc32C.Compute(bytes[..60]))
        {
            throw new StoreException(StoreFault.Damaged, $"{path} is damaged: this is not a store, or not any more. Nothing was changed.");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) is uint version and > Version)
        {
            throw new StoreException(StoreFault.NewerVersion, $"{path} has format {version}, this version reads up to {Version}. Nothing was changed.");
        }

        return new StoreHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            (ushort)BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[28..]));
    }

    public void Write(IDisk disk, string directory)
    {
        Span<byte> bytes = stackalloc byte[HeaderBytes];
        bytes.Clear();
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], Shard);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], CreatedMs);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[24..], JournalFileBytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[28..], TailBlockBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[60..], Crc32C.Compute(bytes[..60]));
        DurableFiles.Write(disk, Path.Combine(directory, StoreFiles.Header), bytes);
    }
}
