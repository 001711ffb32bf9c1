using System.Buffers.Binary;
using System.Text;

namespace Ropeway.TestKit.Wire;

/// <summary>Reads the fields of one frame's payload from front to back.</summary>
public ref struct FieldReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    /// <summary>What has not been read.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte U8() => Take(1)[0];

    public ushort U16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint U32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public ulong U64() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    public string ShortString() => Encoding.UTF8.GetString(Take(U8()));

    public string LongString() => Encoding.UTF8.GetString(Take((int)U32()));

    /// <summary>Steps over a short string without decoding it.</summary>
    public void SkipShortString() => Take(U8());

    /// <summary>Takes that many octets as they are.</summary>
    public ReadOnlySpan<byte> Octets(int count) => Take(count);

    private ReadOnlySpan<byte> Take(int bytes)
    {
        ReadOnlySpan<byte> taken = _rest[..bytes];
        _rest = _rest[bytes..];
        return taken;
    }
}
