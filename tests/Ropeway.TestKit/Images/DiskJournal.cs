using System.Buffers.Binary;
using System.Text;

namespace Ropeway.TestKit.Images;

/// <summary>All that a process did to its files, in order.</summary>
internal sealed class DiskJournal
{
    private const int HeaderBytes = 32;

    private readonly byte[] _bytes;

    private DiskJournal(byte[] bytes, IReadOnlyList<DiskOperation> operations)
    {
        _bytes = bytes;
        Operations = operations;
    }

    /// <summary>What it did.</summary>
    public IReadOnlyList<DiskOperation> Operations { get; }

    /// <summary>Reads a journal; an entry that the end of the process cut is left out.</summary>
    public static DiskJournal Load(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        var operations = new List<DiskOperation>();
        for (int start = 0; bytes.Length - start >= HeaderBytes;)
        {
            ReadOnlySpan<byte> header = bytes.AsSpan(start, HeaderBytes);
            int nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(header[2..]);
            long count = BinaryPrimitives.ReadInt64LittleEndian(header[24..]);
            bool isZero = header[1] != 0;
            int dataStart = start + HeaderBytes + nameBytes;
            int end = dataStart + (isZero ? 0 : (int)count);
            if (end > bytes.Length)
            {
                break;
            }

            operations.Add(new DiskOperation(
                (char)header[0],
                BinaryPrimitives.ReadUInt64LittleEndian(header[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(header[16..]),
                count,
                Encoding.UTF8.GetString(bytes, start + HeaderBytes, nameBytes),
                isZero ? -1 : dataStart,
                start));
            start = end;
        }

        return new DiskJournal(bytes, operations);
    }

    /// <summary>A part of what a write wrote.</summary>
    public ReadOnlySpan<byte> Read(DiskOperation write, long skip, int count) =>
        write.Bytes < 0 ? new byte[count] : _bytes.AsSpan((int)(write.Bytes + skip), count);
}
