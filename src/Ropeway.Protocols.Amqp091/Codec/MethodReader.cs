using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Ropeway.Messages;

namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>Reads the fields of a method or property list in order (section 4.2.5). Stack only; allocates only where it says so.</summary>
/// <remarks>
/// Never throws for what a peer sent: the first field that does not fit latches <see cref="Failed"/>, and every later read gives
/// zero or empty. Read all fields, then ask <see cref="IsComplete"/> once.
/// </remarks>
public ref struct MethodReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Starts at the first byte of <paramref name="fields"/>.</summary>
    /// <param name="fields">The fields, whole.</param>
    public MethodReader(ReadOnlySpan<byte> fields)
    {
        _rest = fields;
        Failed = false;
    }

    /// <summary>Whether a field did not fit or a name was not UTF-8.</summary>
    public bool Failed { get; private set; }

    /// <summary>Bytes not read yet; 0 after a failure.</summary>
    public readonly int RemainingBytes => _rest.Length;

    /// <summary>Whether all fields were good and no byte is left over.</summary>
    public readonly bool IsComplete => !Failed && _rest.IsEmpty;

    /// <summary>An unsigned 8-bit number.</summary>
    public byte ReadOctet()
    {
        ReadOnlySpan<byte> field = Take(sizeof(byte));
        return field.IsEmpty ? (byte)0 : field[0];
    }

    /// <summary>Up to eight packed bits (section 4.2.5.2): the first declared is 0x01.</summary>
    public byte ReadBits() => ReadOctet();

    /// <summary>An unsigned 16-bit number.</summary>
    public ushort ReadShort()
    {
        ReadOnlySpan<byte> field = Take(sizeof(ushort));
        return field.IsEmpty ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(field);
    }

    /// <summary>An unsigned 32-bit number.</summary>
    public uint ReadLong()
    {
        ReadOnlySpan<byte> field = Take(sizeof(uint));
        return field.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32BigEndian(field);
    }

    /// <summary>An unsigned 64-bit number.</summary>
    public ulong ReadLongLong()
    {
        ReadOnlySpan<byte> field = Take(sizeof(ulong));
        return field.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64BigEndian(field);
    }

    /// <summary>The bytes of a short string (0 to 255), any bytes.</summary>
    public ReadOnlySpan<byte> ReadShortString() => Take(ReadOctet());

    /// <summary>The bytes of a short string that must be UTF-8, as RabbitMQ asks of all but the content methods.</summary>
    public ReadOnlySpan<byte> ReadName()
    {
        ReadOnlySpan<byte> name = ReadShortString();
        if (!Utf8.IsValid(name))
        {
            Fail();
            return default;
        }

        return name;
    }

    /// <summary>A short string that must be UTF-8, decoded; allocates the string.</summary>
    public string ReadNameText() => Encoding.UTF8.GetString(ReadName());

    /// <summary>The bytes of a long string, any bytes.</summary>
    public ReadOnlySpan<byte> ReadLongString()
    {
        uint bytes = ReadLong();
        if (bytes > (uint)_rest.Length)
        {
            Fail();
            return default;
        }

        return Take((int)bytes);
    }

    /// <summary>A table as it stands, with its 4-byte length in front; its content is not looked at.</summary>
    /// <returns>What <see cref="FieldTableCodec.TryRead"/> takes; empty after a failure.</returns>
    public ReadOnlySpan<byte> ReadTable()
    {
        ReadOnlySpan<byte> fromLength = _rest;
        ReadOnlySpan<byte> content = ReadLongString();
        return Failed ? default : fromLength[..(sizeof(uint) + content.Length)];
    }

    /// <summary>A table, decoded; allocates it.</summary>
    /// <returns>The table; null after a failure, which a malformed entry is too.</returns>
    public FieldTable? ReadFieldTable()
    {
        ReadOnlySpan<byte> raw = ReadTable();
        if (Failed || !FieldTableCodec.TryRead(raw, out FieldTable? table, out _))
        {
            Fail();
            return null;
        }

        return table;
    }

    private ReadOnlySpan<byte> Take(int bytes)
    {
        ReadOnlySpan<byte> rest = _rest;
        if ((uint)bytes > (uint)rest.Length)
        {
            Fail();
            return default;
        }

        _rest = rest[bytes..];
        return rest[..bytes];
    }

    private void Fail()
    {
        Failed = true;
        _rest = default;
    }
}
