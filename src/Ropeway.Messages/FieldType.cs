namespace Ropeway.Messages;

/// <summary>Type octets of a field table value (AMQP 0-9-1 section 4.2.5.5 as corrected by RabbitMQ's errata, section 3).</summary>
/// <remarks>The specification's grammar and RabbitMQ's practice disagree; all clients follow RabbitMQ.</remarks>
internal static class FieldType
{
    public const byte Boolean = (byte)'t';        // u8, 0 is false
    public const byte SByte = (byte)'b';          // i8
    public const byte Byte = (byte)'B';           // u8
    public const byte Int16 = (byte)'s';          // i16
    public const byte UInt16 = (byte)'u';         // u16
    public const byte Int32 = (byte)'I';          // i32
    public const byte UInt32 = (byte)'i';         // u32
    public const byte Int64 = (byte)'l';          // i64
    public const byte Single = (byte)'f';         // IEEE 754, 4 bytes
    public const byte Double = (byte)'d';         // IEEE 754, 8 bytes
    public const byte Decimal = (byte)'D';        // scale u8, unscaled u32
    public const byte LongString = (byte)'S';     // u32 length, bytes
    public const byte Array = (byte)'A';          // u32 length in bytes, values
    public const byte Timestamp = (byte)'T';      // u64 seconds
    public const byte Table = (byte)'F';          // u32 length in bytes, fields
    public const byte Void = (byte)'V';           // nothing
    public const byte ByteArray = (byte)'x';      // u32 length, bytes

    /// <summary>i64 in the specification's grammar; read, never written.</summary>
    public const byte Int64Grammar = (byte)'L';

    /// <summary>i16 in the specification's grammar; read, never written.</summary>
    public const byte Int16Grammar = (byte)'U';

    /// <summary>Bytes of a value after its type octet, for types of fixed width.</summary>
    /// <returns>-1 for types with a length of their own and for unknown types.</returns>
    public static int FixedBytes(byte type) => type switch
    {
        Void => 0,
        Boolean or SByte or Byte => 1,
        Int16 or UInt16 or Int16Grammar => 2,
        Int32 or UInt32 or Single => 4,
        Decimal => 5,
        Int64 or Int64Grammar or Double or Timestamp => 8,
        _ => -1,
    };
}
