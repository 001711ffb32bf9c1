using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

public sealed class ArrivingBodiesTests : IDisposable
{
    private readonly TestBroker _broker = new(arrivingBytesMax: 1_000_000);

    public void Dispose() => _broker.Dispose();

    [Fact]
    public void OneMessage_OverTheBudget_IsStillTaken()
    {
        AmqpPeer peer = Ready();
        peer.Consume(1, "q", "c");
        Send(peer, channel: 1, bodyBytes: 4_000_000, sentBytes: int.MaxValue);

        Assert.Equal(4_000_000, peer.ExpectDelivery().Body.Length);
        Assert.Equal(0, _broker.Broker.ArrivingBodies.Bytes);
    }

    [Fact]
    public void SecondMessage_OverTheBudget_ClosesTheConnectionAndFreesTheMemory()
    {
        AmqpPeer peer = Ready();
        peer.OpenChannel(2);
        Send(peer, channel: 1, bodyBytes: 4_000_000, sentBytes: 900_000);
        Send(peer, channel: 2, bodyBytes: 4_000_000, sentBytes: 900_000);

        Assert.Equal(ReplyCode.ResourceError, peer.ExpectConnectionClose().Code);
        Assert.Equal(0, _broker.Broker.ArrivingBodies.Bytes);
        Ready().Publish(1, "q", "others notice nothing");
    }

    [Fact]
    public void Vanish_InTheMiddleOfABody_FreesTheMemory()
    {
        AmqpPeer peer = Ready();
        Send(peer, channel: 1, bodyBytes: 4_000_000, sentBytes: 900_000);
        Assert.NotEqual(0, _broker.Broker.ArrivingBodies.Bytes);
        peer.Vanish();

        Assert.Equal(0, _broker.Broker.ArrivingBodies.Bytes);
    }

    private static void Send(AmqpPeer peer, ushort channel, int bodyBytes, int sentBytes)
    {
        ReadOnlySpan<byte> frames = AmqpPeer.PublishFrames(channel, "", "q", new byte[bodyBytes]);
        for (int sent = 0; sent < sentBytes && FrameCodec.TryRead(frames, 131_072, out FrameHeader header) == FrameReadStatus.Complete; sent += header.FrameBytes)
        {
            peer.SendBytes(frames[..header.FrameBytes]);
            frames = frames[header.FrameBytes..];
        }
    }

    private AmqpPeer Ready()
    {
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        peer.DeclareQueue(1, "q");
        return peer;
    }
}
