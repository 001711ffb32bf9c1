using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

public sealed class DeliveryCountTests : IDisposable
{
    private readonly TestBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData("x-queue-type", "quorum")]
    [InlineData("x-delivery-limit", 5)]
    public void Deliver_MessageCameBack_SaysHowOften(string argument, object value)
    {
        AmqpPeer peer = Ready(new FieldTable { [argument] = value });
        peer.Publish(1, "q", "body");
        peer.Consume(1, "q", "c");

        foreach (long? count in (long?[])[null, 1, 2])
        {
            ulong tag = peer.ExpectDelivery("body").DeliveryTag;
            Assert.Equal(count, CountOf(peer));
            peer.Send(1, new BasicNack { DeliveryTag = tag, Requeue = true });
        }
    }

    [Fact]
    public void Get_MessageCameBack_SaysHowOftenInPlaceOfTheProducer()
    {
        AmqpPeer peer = Ready(new FieldTable { ["x-queue-type"] = "quorum" });
        byte[] properties = new BasicPropertyValues { ContentType = "text/plain", Headers = new FieldTable { ["mine"] = 1, ["x-delivery-count"] = 77L } }.ToArray();
        peer.SendBytes(AmqpPeer.PublishFrames(1, new BasicPublish { RoutingKey = "q"u8 }, properties, [1]));

        foreach (long count in (long[])[77, 1, 2])
        {
            peer.Send(1, new BasicGet { Queue = "q"u8 });
            Assert.True(BasicGetOk.TryRead(peer.Expect(MethodId.BasicGetOk), out BasicGetOk answer));
            peer.ExpectContent();
            Assert.Equal(count, CountOf(peer));
            Assert.Equal(2, HeadersOf(peer).Count);
            Assert.Equal("text/plain"u8, BasicProperties.View(peer.LastProperties).ContentType);
            peer.Send(1, new BasicReject { DeliveryTag = answer.DeliveryTag, Requeue = true });
        }
    }

    [Fact]
    public void Deliver_ClassicQueueWithoutALimit_SaysNothing()
    {
        AmqpPeer peer = Ready([]);
        peer.Publish(1, "q", "body");
        peer.Consume(1, "q", "c");
        peer.Send(1, new BasicNack { DeliveryTag = peer.ExpectDelivery("body").DeliveryTag, Requeue = true });

        Assert.True(peer.ExpectDelivery("body").Redelivered);
        Assert.Null(CountOf(peer));
    }

    private static long? CountOf(AmqpPeer peer) => HeadersOf(peer).TryGet("x-delivery-count", out object? count) ? (long?)count : null;

    private static FieldTable HeadersOf(AmqpPeer peer) =>
        FieldTableCodec.TryRead(BasicProperties.View(peer.LastProperties).Headers, out FieldTable? headers, out _) ? headers : [];

    private AmqpPeer Ready(FieldTable arguments)
    {
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        peer.Send(1, new QueueDeclare { Queue = "q"u8, Durable = true, Arguments = FieldTableCodec.ToArray(arguments) });
        peer.Expect(MethodId.QueueDeclareOk);
        return peer;
    }
}
