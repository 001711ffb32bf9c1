namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>Header of an AMQP 0-9-1 frame (section 2.3.5).</summary>
/// <param name="Type">1 method, 2 content header, 3 content body, 8 heartbeat; see <see cref="FrameType"/>. Not checked by the codec.</param>
/// <param name="Channel">0 for connection-level frames.</param>
/// <param name="PayloadBytes">Payload length in bytes, without header and end octet.</param>
public readonly record struct FrameHeader(byte Type, ushort Channel, int PayloadBytes)
{
    /// <summary>Bytes of the whole frame: header, payload and end octet.</summary>
    public int FrameBytes => FrameCodec.OverheadBytes + PayloadBytes;
}
