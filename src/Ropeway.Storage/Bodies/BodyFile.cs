using System.Buffers;
using System.Buffers.Binary;
using Ropeway.Buffers;
using Ropeway.Storage.Disk;

namespace Ropeway.Storage;

/// <summary>A file with one body.</summary>
/// <remarks>
/// Little-endian:
/// <code>
///  0  8  magic "RWRBODY1"
///  8  4  format version
/// 12  4  chunkBytes (1 MiB)
/// 16  8  body id
/// 24  8  body bytes
/// 32 28  zero
/// 60  4  crc32c of [0, 60)
/// 64  .. the body
///     4  for each chunk: crc32c, seeded with the body id
///     4  crc32c of these, seeded with the body id
/// </code>
/// </remarks>
internal static class BodyFile
{
    private const int HeaderBytes = 64;
    private const uint Version = 1;
    private const int ChunkBytes = 1024 * 1024;

    private static ReadOnlySpan<byte> Magic => "RWRBODY1"u8;

    /// <summary>Writes everything; nothing is synced.</summary>
    public static void Write(IDiskFile file, ulong id, ReadOnlySequence<byte> body)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        header.Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], ChunkBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], id);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[60..], Crc32C.Compute(header[..60]));
        file.Write(header, 0);

        long position = HeaderBytes;
        byte[] checksums = new byte[ChecksumBytes(body.Length)];
        NativeBlock chunk = NativeBlock.Allocate(ChunkBytes);
        try
        {
            for (int i = 0; body.Length > 0; i++)
            {
                ReadOnlySequence<byte> part = body.Slice(0, Math.Min(body.Length, ChunkBytes));
                Span<byte> bytes = chunk.Span[..(int)part.Length];
                part.CopyTo(bytes);
                BinaryPrimitives.WriteUInt32LittleEndian(checksums.AsSpan(i * 4), Crc32C.Compute(id, bytes));
                file.Write(bytes, position);
                position += bytes.Length;
                body = body.Slice(part.Length);
            }
        }
        finally
        {
            chunk.Release();
        }

        BinaryPrimitives.WriteUInt32LittleEndian(checksums.AsSpan(checksums.Length - 4), Crc32C.Compute(id, checksums.AsSpan(0, checksums.Length - 4)));
        file.Write(checksums, position);
    }

    /// <summary>Reads and tests a body.</summary>
    /// <returns>The body with one reference, or null when it is damaged.</returns>
    public static NativeBlock? TryRead(IDiskFile file, ulong id)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (!IsHeader(header[..file.Read(header, 0)], id))
        {
            return null;
        }

        int bodyBytes = (int)BinaryPrimitives.ReadInt64LittleEndian(header[24..]);
        byte[] checksums = new byte[ChecksumBytes(bodyBytes)];
        NativeBlock body = NativeBlock.Allocate(bodyBytes);
        if (file.Read(body.Span, HeaderBytes) == bodyBytes
            && file.Read(checksums, HeaderBytes + (long)bodyBytes) == checksums.Length
            && AreRight(checksums, id, body.Span))
        {
            return body;
        }

        body.Release();
        return null;
    }

    /// <summary>Tests a whole file, a piece of at most 1 MiB at a time.</summary>
    /// <param name="file">The file.</param>
    /// <param name="id">The body's id.</param>
    /// <param name="beforeRead">Called before each read with its bytes; may wait.</param>
    /// <returns>Position and bytes of the first damage; null when there is none.</returns>
    public static (long Position, long Bytes)? FindDamage(IDiskFile file, ulong id, Action<int> beforeRead)
    {
        byte[] chunk = new byte[ChunkBytes];
        beforeRead(HeaderBytes);
        Span<byte> header = chunk.AsSpan(0, file.Read(chunk.AsSpan(0, HeaderBytes), 0));
        if (!IsHeader(header, id))
        {
            return (0, HeaderBytes);
        }

        long bodyBytes = BinaryPrimitives.ReadInt64LittleEndian(header[24..]);
        long checksumsAt = HeaderBytes + bodyBytes;
        byte[] checksums = new byte[ChecksumBytes(bodyBytes)];
        beforeRead(checksums.Length);
        if (file.Read(checksums, checksumsAt) != checksums.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(checksums.AsSpan(checksums.Length - 4)) != Crc32C.Compute(id, checksums.AsSpan(0, checksums.Length - 4)))
        {
            return (checksumsAt, checksums.Length);
        }

        for (int i = 0; i < (checksums.Length / 4) - 1; i++)
        {
            long position = HeaderBytes + ((long)i * ChunkBytes);
            Span<byte> bytes = chunk.AsSpan(0, (int)Math.Min(ChunkBytes, checksumsAt - position));
            beforeRead(bytes.Length);
            if (file.Read(bytes, position) != bytes.Length || BinaryPrimitives.ReadUInt32LittleEndian(checksums.AsSpan(i * 4)) != Crc32C.Compute(id, bytes))
            {
                return (position, bytes.Length);
            }
        }

        return null;
    }

    private static bool IsHeader(ReadOnlySpan<byte> header, ulong id) =>
        header.Length == HeaderBytes
        && header.StartsWith(Magic)
        && BinaryPrimitives.ReadUInt32LittleEndian(header[60..]) == Crc32C.Compute(header[..60])
        && BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) == Version
        && BinaryPrimitives.ReadUInt64LittleEndian(header[16..]) == id;

    private static int ChecksumBytes(long bodyBytes) => (int)((bodyBytes + ChunkBytes - 1) / ChunkBytes * 4) + 4;

    private static bool AreRight(ReadOnlySpan<byte> checksums, ulong id, ReadOnlySpan<byte> body)
    {
        bool isRight = BinaryPrimitives.ReadUInt32LittleEndian(checksums[^4..]) == Crc32C.Compute(id, checksums[..^4]);
        while (isRight && body.Length > 0)
        {
            ReadOnlySpan<byte> chunk = body[..Math.Min(body.Length, ChunkBytes)];
            isRight = BinaryPrimitives.ReadUInt32LittleEndian(checksums) == Crc32C.Compute(id, chunk);
            checksums = checksums[4..];
            body = body[chunk.Length..];
        }

        return isRight;
    }
}
