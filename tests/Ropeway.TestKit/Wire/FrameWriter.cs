using System.Buffers.Binary;
using System.Text;

namespace Ropeway.TestKit.Wire;

/// <summary>Builds AMQP 0-9-1 frames in one growing buffer. Not thread-safe.</summary>
public sealed class FrameWriter
{
    private byte[] _bytes = new byte[64 * 1024];
    private int _frameStart;

    /// <summary>Octets written since the last <see cref="Clear"/>.</summary>
    public int Count { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Count);

    /// <summary>Forgets everything written.</summary>
    public void Clear() => Count = 0;

    /// <summary>Starts a method frame.</summary>
    public FrameWriter Method(ushort channel, WireMethod method) =>
        Begin(FrameKind.Method, channel).U16((ushort)((int)method >> 16)).U16((ushort)method);

    /// <summary>Starts any frame.</summary>
    public FrameWriter Begin(byte kind, ushort channel)
    {
        _frameStart = Count;
        return U8(kind).U16(channel).U32(0);
    }

    /// <summary>Ends the frame: fills in its length and writes the end octet.</summary>
    public FrameWriter End()
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(_frameStart + 3), Count - _frameStart - 7);
        return U8(FrameKind.End);
    }

    public FrameWriter U8(byte value)
    {
        Room(1)[0] = value;
        return this;
    }

    public FrameWriter U16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(Room(2), value);
        return this;
    }

    public FrameWriter U32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Room(4), value);
        return this;
    }

    public FrameWriter U64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Room(8), value);
        return this;
    }

    public FrameWriter Bytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Room(value.Length));
        return this;
    }

    public FrameWriter ShortString(string value)
    {
        int bytes = Encoding.UTF8.GetByteCount(value);
        U8(checked((byte)bytes));
        Encoding.UTF8.GetBytes(value, Room(bytes));
        return this;
    }

    public FrameWriter LongString(string value)
    {
        int bytes = Encoding.UTF8.GetByteCount(value);
        U32((uint)bytes);
        Encoding.UTF8.GetBytes(value, Room(bytes));
        return this;
    }

    /// <summary>An empty field table.</summary>
    public FrameWriter EmptyTable() => U32(0);

    /// <summary>A declaration of a durable queue, or a passive one.</summary>
    public FrameWriter DeclareQueue(ushort channel, string queue, bool isPassive = false) =>
        Method(channel, WireMethod.QueueDeclare).U16(0).ShortString(queue).U8(isPassive ? (byte)3 : (byte)2).EmptyTable().End();

    /// <summary>A deletion of a queue.</summary>
    public FrameWriter DeleteQueue(ushort channel, string queue) =>
        Method(channel, WireMethod.QueueDelete).U16(0).ShortString(queue).U8(0).End();

    /// <summary>A binding of a queue.</summary>
    public FrameWriter BindQueue(ushort channel, string queue, string exchange, string routingKey) =>
        Method(channel, WireMethod.QueueBind).U16(0).ShortString(queue).ShortString(exchange).ShortString(routingKey).U8(0).EmptyTable().End();

    /// <summary>A whole persistent (or transient) message: method, header and body frames.</summary>
    public FrameWriter Publish(ushort channel, in WirePublish publish, ReadOnlySpan<byte> body, int frameBytesMax)
    {
        Method(channel, WireMethod.BasicPublish).U16(0).ShortString(publish.Exchange).ShortString(publish.RoutingKey)
            .U8(publish.IsMandatory ? (byte)1 : (byte)0).End();
        Begin(FrameKind.Header, channel).U16(60).U16(0).U64((ulong)body.Length).U16(0x1000).U8(publish.IsTransient ? (byte)1 : (byte)2).End();
        int payloadBytesMax = frameBytesMax - FrameKind.OverheadBytes;
        while (!body.IsEmpty)
        {
            ReadOnlySpan<byte> part = body[..Math.Min(body.Length, payloadBytesMax)];
            Begin(FrameKind.Body, channel).Bytes(part).End();
            body = body[part.Length..];
        }

        return this;
    }

    private Span<byte> Room(int bytes)
    {
        if (_bytes.Length - Count < bytes)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Count + bytes));
        }

        Count += bytes;
        return _bytes.AsSpan(Count - bytes, bytes);
    }
}
