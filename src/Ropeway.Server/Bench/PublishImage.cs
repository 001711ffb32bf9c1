using System.Text;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Server.Bench;

/// <summary>
/// Messages of one producer as they go out on the wire, encoded once: <c>basic.publish</c>, content header and body frames
/// per slot, all slots of the same length one behind the other. Before a write only the stamps in the bodies are changed.
/// One owner: the producer's thread.
/// </summary>
internal sealed class PublishImage
{
    private const byte Filler = (byte)'x';
    private const byte Persistent = 2;

    private readonly byte[] _wire;
    private readonly byte[]? _whole; // The body in one piece, for checksums over bodies of several frames.
    private readonly bool _withChecksum;
    private readonly int _bodyBytes;
    private readonly int _bodyStart;
    private readonly int _frameBodyBytes;

    /// <summary>Encodes the slots.</summary>
    /// <param name="options">Exchange, body, persistence.</param>
    /// <param name="routingKeys">One slot per key, at least one; all keys have the same length.</param>
    /// <param name="frameBytesMax">Negotiated frame-max.</param>
    public PublishImage(AmqpBenchOptions options, ReadOnlySpan<string> routingKeys, int frameBytesMax)
    {
        _bodyBytes = options.BodyBytes;
        _withChecksum = options.Verify;
        _frameBodyBytes = frameBytesMax - FrameCodec.OverheadBytes;
        _whole = _withChecksum && _bodyBytes > _frameBodyBytes ? NewBody() : null;
        byte[] first = Encode(options, routingKeys[0], out _bodyStart);
        MessageBytes = first.Length;
        SlotCount = routingKeys.Length;
        _wire = new byte[checked(MessageBytes * SlotCount)];
        first.CopyTo(_wire, 0);
        for (int slot = 1; slot < SlotCount; slot++)
        {
            Encode(options, routingKeys[slot], out _).CopyTo(_wire, slot * MessageBytes);
        }
    }

    /// <summary>Bytes of one message on the wire.</summary>
    public int MessageBytes { get; }

    /// <summary>Messages in the image.</summary>
    public int SlotCount { get; }

    /// <summary>Bytes that a message takes on the wire, to choose the number of slots before there is an image.</summary>
    public static int EstimateMessageBytes(AmqpBenchOptions options)
    {
        const int MethodAndHeaderBytes = 64;
        return MethodAndHeaderBytes + options.ExchangeName.Length + options.RoutingKey(0).Length + options.BodyBytes;
    }

    /// <summary>The bytes of some slots, to be sent.</summary>
    public ReadOnlySpan<byte> Slots(int first, int count) => _wire.AsSpan(first * MessageBytes, count * MessageBytes);

    /// <summary>Writes time, producer and sequence number (and the checksum, when bodies are verified) into one slot.</summary>
    public void Stamp(int slot, long ticks, int producer, long sequence)
    {
        int start = (slot * MessageBytes) + _bodyStart;
        if (_whole is null)
        {
            Span<byte> body = _wire.AsSpan(start, Math.Min(_bodyBytes, _frameBodyBytes));
            BodyStamp.Write(body, ticks, producer, sequence);
            if (_withChecksum)
            {
                BodyStamp.WriteChecksum(body);
            }

            return;
        }

        BodyStamp.Write(_whole, ticks, producer, sequence);
        BodyStamp.WriteChecksum(_whole);
        CopyToFrames(_whole, start);
    }

    private byte[] NewBody()
    {
        byte[] body = new byte[_bodyBytes];
        body.AsSpan().Fill(Filler);
        return body;
    }

    private byte[] Encode(AmqpBenchOptions options, string routingKey, out int bodyStart)
    {
        var publish = new BasicPublish
        {
            Exchange = Encoding.UTF8.GetBytes(options.ExchangeName),
            RoutingKey = Encoding.UTF8.GetBytes(routingKey),
        };
        byte[] properties = new BasicPropertyValues { DeliveryMode = options.IsPersistent ? Persistent : null }.ToArray();
        ContentLayout layout = ContentLayout.Of(publish, properties.Length, _bodyBytes, _frameBodyBytes + FrameCodec.OverheadBytes);
        byte[] message = new byte[layout.TotalBytes];
        ContentFrames.Write(message, AmqpConnection.Channel, layout, publish, properties, NewBody());
        bodyStart = layout.HeadBytes;
        return message;
    }

    private void CopyToFrames(ReadOnlySpan<byte> body, int start)
    {
        while (!body.IsEmpty)
        {
            int take = Math.Min(body.Length, _frameBodyBytes);
            body[..take].CopyTo(_wire.AsSpan(start));
            start += take + ContentLayout.SeamBytes;
            body = body[take..];
        }
    }
}
