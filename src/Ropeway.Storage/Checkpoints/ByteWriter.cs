using System.Buffers.Binary;

namespace Ropeway.Storage;

/// <summary>A growing buffer of little-endian fields; kept and reused by its owner.</summary>
internal sealed class ByteWriter
{
    private byte[] _bytes = new byte[4096];

    public int Count { get; private set; }

    public Span<byte> Written => _bytes.AsSpan(0, Count);

    public void Clear() => Count = 0;

    /// <summary>Forgets the content, and the memory when it is more than that.</summary>
    public void Trim(int keptBytesMax)
    {
        Count = 0;
        if (_bytes.Length > keptBytesMax)
        {
            _bytes = new byte[4096];
        }
    }

    public void Byte(byte value) => Take(1)[0] = value;

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>Space for a field that is filled in later; its place is returned.</summary>
    public int Reserve(int bytes)
    {
        int at = Count;
        Take(bytes).Clear();
        return at;
    }

    public void PatchInt32(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(at), value);

    private Span<byte> Take(int bytes)
    {
        if (Count + bytes > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(checked(Count + bytes), (int)Math.Min(Array.MaxLength, _bytes.Length * 2L)));
        }

        Count += bytes;
        return _bytes.AsSpan(Count - bytes, bytes);
    }
}
