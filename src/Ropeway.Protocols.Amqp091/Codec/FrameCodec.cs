using System.Buffers.Binary;

namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>Cuts frames out of received bytes and writes the frames that carry no method. Pure; any thread.</summary>
/// <remarks>
/// <code>
/// 0      1         3            7                   7+n
/// +------+---------+------------+-------------------+-----------+
/// | type | channel | payload n  | payload           | end 0xCE  |   section 2.3.5, big-endian
/// | u8   | u16     | u32        | n bytes           | u8        |
/// +------+---------+------------+-------------------+-----------+
/// </code>
/// </remarks>
public static class FrameCodec
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeaderBytes = 7;

    /// <summary>Bytes of a frame that are not payload: the header and the end octet.</summary>
    public const int OverheadBytes = 8;

    /// <summary>The last octet of every frame (section 4.2.3).</summary>
    public const byte FrameEnd = 0xCE;

    /// <summary>The frame-max that every peer must accept (constant frame-min-size): until tune-ok no frame may be larger.</summary>
    public const int FrameBytesMin = 4096;

    /// <summary>A whole heartbeat frame (section 4.2.7).</summary>
    public static ReadOnlySpan<byte> Heartbeat => [FrameType.Heartbeat, 0, 0, 0, 0, 0, 0, FrameEnd];

    /// <summary>Reads the frame at the start of <paramref name="unread"/>.</summary>
    /// <param name="unread">Received bytes; may hold less or more than a frame.</param>
    /// <param name="payloadBytesMax">Largest payload to accept, 0 or more.</param>
    /// <param name="header">Set when Complete; the payload is the <see cref="FrameHeader.PayloadBytes"/> bytes after <see cref="HeaderBytes"/>.</param>
    /// <returns>Malformed as soon as the declared length is over the limit, before the payload is there.</returns>
    public static FrameReadStatus TryRead(ReadOnlySpan<byte> unread, int payloadBytesMax, out FrameHeader header)
    {
        header = default;
        if (unread.Length < HeaderBytes)
        {
            return FrameReadStatus.Incomplete;
        }

        uint payloadBytes = BinaryPrimitives.ReadUInt32BigEndian(unread[3..]);
        if (payloadBytes > (uint)payloadBytesMax)
        {
            return FrameReadStatus.Malformed; // Before waiting for it: a peer must not make us buffer it.
        }

        if ((uint)unread.Length < OverheadBytes + (ulong)payloadBytes)
        {
            return FrameReadStatus.Incomplete;
        }

        if (unread[HeaderBytes + (int)payloadBytes] != FrameEnd)
        {
            return FrameReadStatus.Malformed;
        }

        header = new FrameHeader(unread[0], BinaryPrimitives.ReadUInt16BigEndian(unread[1..]), (int)payloadBytes);
        return FrameReadStatus.Complete;
    }

    /// <summary>Writes the seven bytes before a payload.</summary>
    /// <param name="destination">At least <see cref="HeaderBytes"/> bytes.</param>
    /// <param name="header">What to write.</param>
    public static void WriteHeader(Span<byte> destination, FrameHeader header)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination[3..], (uint)header.PayloadBytes);
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], header.Channel);
        destination[0] = header.Type;
    }
}
