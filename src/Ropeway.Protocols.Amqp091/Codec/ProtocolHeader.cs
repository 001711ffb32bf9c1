namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>The eight bytes a client opens with (section 4.2.2): "AMQP", protocol id, major, minor, revision. Pure; any thread.</summary>
public static class ProtocolHeader
{
    /// <summary>Length of a protocol header in bytes.</summary>
    public const int Bytes = 8;

    /// <summary>The header of AMQP 0-9-1; also the server's answer to any other header.</summary>
    public static ReadOnlySpan<byte> Amqp091 => "AMQP\0\0\u0009\u0001"u8;

    /// <summary>Says what the first bytes of a connection are; judges a wrong byte without waiting for the rest.</summary>
    /// <param name="received">All bytes received so far.</param>
    public static ProtocolHeaderKind Recognize(ReadOnlySpan<byte> received)
    {
        ReadOnlySpan<byte> name = Amqp091[..4];
        int nameBytes = Math.Min(received.Length, name.Length);
        if (!received[..nameBytes].SequenceEqual(name[..nameBytes]))
        {
            return ProtocolHeaderKind.NotAmqp;
        }

        if (received.Length < Bytes)
        {
            return ProtocolHeaderKind.Incomplete;
        }

        return (received[4], received[5], received[6], received[7]) switch
        {
            (0, 0, 9, 1) => ProtocolHeaderKind.Amqp091,
            (1, 1, 0, 9) => ProtocolHeaderKind.Amqp091,
            (0, 1, 0, 0) => ProtocolHeaderKind.Amqp10,
            (3, 1, 0, 0) => ProtocolHeaderKind.Amqp10Sasl,
            _ => ProtocolHeaderKind.UnsupportedVersion,
        };
    }
}
