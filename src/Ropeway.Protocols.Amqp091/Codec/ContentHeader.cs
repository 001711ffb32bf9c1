using System.Buffers.Binary;

namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>The payload of a content header frame (section 4.2.6.1). Stack only; allocates nothing.</summary>
/// <remarks>
/// <code>
/// | class id u16 | weight u16 = 0 | body bytes u64 | property flags u16 | properties ... |
/// </code>
/// </remarks>
public readonly ref struct ContentHeader
{
    /// <summary>Class number of content: basic.</summary>
    public const ushort BasicClassId = 60;

    /// <summary>Bytes before the property flags.</summary>
    public const int FixedBytes = 12;

    /// <summary>Class number of the method that this header follows.</summary>
    public ushort ClassId { get; init; }

    /// <summary>Length of the whole body in bytes, whatever the peer claims: compare it with the limit before use.</summary>
    public ulong BodyBytes { get; init; }

    /// <summary>Property flags and properties as they stand: what is stored and sent back; see <see cref="BasicProperties"/>.</summary>
    public ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>Reads the payload of a content header frame; the properties are not looked at.</summary>
    /// <param name="payload">The payload of a frame of type <see cref="FrameType.Header"/>.</param>
    /// <param name="header">The header; default when false is returned.</param>
    /// <returns>False when the payload is too short for the flags or the weight is not 0.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, out ContentHeader header)
    {
        if (payload.Length < FixedBytes + sizeof(ushort) || BinaryPrimitives.ReadUInt16BigEndian(payload[2..]) != 0)
        {
            header = default;
            return false;
        }

        header = new ContentHeader
        {
            ClassId = BinaryPrimitives.ReadUInt16BigEndian(payload),
            BodyBytes = BinaryPrimitives.ReadUInt64BigEndian(payload[4..]),
            Properties = payload[FixedBytes..],
        };
        return true;
    }
}
