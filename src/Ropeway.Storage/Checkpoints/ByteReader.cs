using System.Buffers.Binary;

namespace Ropeway.Storage;

/// <summary>Reads little-endian fields one after the other. The bytes have passed a checksum; running out of them is a programmer's fault.</summary>
internal ref struct ByteReader
{
    private ReadOnlySpan<byte> _unread;

    public ByteReader(ReadOnlySpan<byte> bytes)
    {
        _unread = bytes;
    }

    public byte Byte() => Bytes(1)[0];

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8));

    public ReadOnlySpan<byte> Bytes(int count)
    {
        ReadOnlySpan<byte> bytes = _unread[..count];
        _unread = _unread[count..];
        return bytes;
    }
}
