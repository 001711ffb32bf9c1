using System.Text;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

public sealed class StreamSessionTests : IDisposable
{
    private readonly TestBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Fact]
    public void Deliver_FromAStream_CarriesItsOffsetBesideTheProducersHeaders()
    {
        AmqpPeer peer = Ready();
        peer.SendBytes(AmqpPeer.PublishFrames(1, new BasicPublish { RoutingKey = "s"u8 }, Properties(new FieldTable { ["mine"] = 1, ["x-stream-offset"] = 77L }), [1]));
        peer.Publish(1, "s", "second");
        Consume(peer, "first");

        peer.ExpectDelivery("\u0001");
        FieldTable headers = Headers(peer);
        Assert.Equal(1, headers["mine"]);
        Assert.Equal(0L, headers["x-stream-offset"]);
        Assert.Equal(2, headers.Count);
        peer.ExpectDelivery("second");
        Assert.Equal(1L, Headers(peer)["x-stream-offset"]);
    }

    [Fact]
    public void Consume_WithFilter_LeavesOutWhatDoesNotMatch()
    {
        AmqpPeer peer = Ready();
        foreach (object? value in (object?[])["a", 5, null, "b", "a"])
        {
            byte[] properties = Properties(value is null ? [] : new FieldTable { ["x-stream-filter-value"] = value });
            peer.SendBytes(AmqpPeer.PublishFrames(1, new BasicPublish { RoutingKey = "s"u8 }, properties, Encoding.UTF8.GetBytes(value?.ToString() ?? "none")));
        }

        Consume(peer, "first", new FieldTable { ["x-stream-filter"] = "a" });
        peer.ExpectDelivery("a");
        peer.ExpectDelivery("a");
        Assert.Equal(4L, Headers(peer)["x-stream-offset"]);
        peer.ExpectSilence();
    }

    [Fact]
    public void Ack_OfAStream_GivesCreditBack()
    {
        AmqpPeer peer = Ready(prefetch: 1);
        peer.Publish(1, "s", "a");
        peer.Publish(1, "s", "b");
        Consume(peer, "first");
        PeerDelivery first = peer.ExpectDelivery("a");
        peer.ExpectSilence();
        peer.Send(1, new BasicReject { DeliveryTag = first.DeliveryTag, Requeue = true });

        Assert.False(peer.ExpectDelivery("b").Redelivered);
    }

    [Fact]
    public void Cancel_ConsumerOfAStream_GetsNothingMore()
    {
        AmqpPeer peer = Ready();
        Consume(peer, "next");
        peer.Send(1, new BasicCancel { ConsumerTag = "tag"u8 });
        peer.Expect(MethodId.BasicCancelOk);
        peer.Publish(1, "s", "a");
        peer.ExpectSilence();
    }

    [Theory]
    [InlineData("classic")]
    [InlineData("quorum")]
    public void Consume_FromAnotherQueueWithAnOffset_IsRefused(string type)
    {
        AmqpPeer peer = Ready();
        peer.Send(1, new QueueDeclare { Queue = "q"u8, Durable = true, Arguments = FieldTableCodec.ToArray(new FieldTable { ["x-queue-type"] = type }) });
        peer.Expect(MethodId.QueueDeclareOk);
        peer.Send(1, new BasicConsume { Queue = "q"u8, Arguments = FieldTableCodec.ToArray(new FieldTable { ["x-stream-offset"] = "first" }) });

        string text = $"PRECONDITION_FAILED - invalid arg 'x-stream-offset' for queue 'q' in vhost '/' of queue type rabbit_{type}_queue";
        Assert.Equal(new ProtocolError(ReplyCode.PreconditionFailed, text, MethodId.BasicConsume), peer.ExpectChannelClose(1));
    }

    private static byte[] Properties(FieldTable headers) => new BasicPropertyValues { Headers = headers }.ToArray();

    private static FieldTable Headers(AmqpPeer peer)
    {
        Assert.True(FieldTableCodec.TryRead(BasicProperties.View(peer.LastProperties).Headers, out FieldTable? headers, out _));
        return headers;
    }

    private static void Consume(AmqpPeer peer, object start, FieldTable? arguments = null)
    {
        arguments ??= [];
        arguments["x-stream-offset"] = start;
        peer.Send(1, new BasicConsume { Queue = "s"u8, ConsumerTag = "tag"u8, Arguments = FieldTableCodec.ToArray(arguments) });
        peer.Expect(MethodId.BasicConsumeOk);
    }

    private AmqpPeer Ready(ushort prefetch = 10)
    {
        AmqpPeer peer = _broker.Connect();
        peer.Login("guest", "guest");
        peer.OpenChannel(1);
        peer.Send(1, new QueueDeclare { Queue = "s"u8, Durable = true, Arguments = FieldTableCodec.ToArray(new FieldTable { ["x-queue-type"] = "stream" }) });
        peer.Expect(MethodId.QueueDeclareOk);
        peer.Send(1, new BasicQos { PrefetchCount = prefetch });
        peer.Expect(MethodId.BasicQosOk);
        return peer;
    }
}
