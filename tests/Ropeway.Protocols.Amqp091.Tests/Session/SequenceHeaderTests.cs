using Ropeway.Core.Policies;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

public sealed class SequenceHeaderTests : IDisposable
{
    private readonly TestBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Fact]
    public void Deliver_QueueWithTheArgument_SaysTheNumberAndTheCount()
    {
        AmqpPeer peer = Ready(new FieldTable { ["x-sequence-header"] = true, ["x-delivery-limit"] = 5 });
        peer.Publish(1, "q", "a");
        peer.Publish(1, "q", "b");
        peer.Consume(1, "q", "c");

        ulong first = peer.ExpectDelivery("a").DeliveryTag;
        Assert.Equal((0L, null), NumbersOf(peer));
        peer.ExpectDelivery("b");
        Assert.Equal((1L, null), NumbersOf(peer));

        peer.Send(1, new BasicNack { DeliveryTag = first, Requeue = true });
        peer.ExpectDelivery("a");
        Assert.Equal((0L, 1L), NumbersOf(peer)); // The same one, whatever it went through.
    }

    [Fact]
    public void Get_ProducerGaveTheHeader_IsReplaced()
    {
        AmqpPeer peer = Ready(new FieldTable { ["x-sequence-header"] = true });
        byte[] properties = new BasicPropertyValues { ContentType = "text/plain", Headers = new FieldTable { ["mine"] = 1, ["x-sequence"] = "last" } }.ToArray();
        peer.SendBytes(AmqpPeer.PublishFrames(1, new BasicPublish { RoutingKey = "q"u8 }, properties, [1]));

        peer.Send(1, new BasicGet { Queue = "q"u8 });
        peer.Expect(MethodId.BasicGetOk);
        peer.ExpectContent();

        Assert.Equal((0L, null), NumbersOf(peer));
        Assert.Equal(2, HeadersOf(peer).Count);
        Assert.Equal("text/plain"u8, BasicProperties.View(peer.LastProperties).ContentType);
    }

    [Fact]
    public void Deliver_PolicyComesAndGoes_SaysTheNumberMeanwhile()
    {
        AmqpPeer peer = Ready([]);
        peer.Consume(1, "q", "c");
        HostPolicies policies = _broker.Broker.VirtualHosts.All.Single().Policies;
        Policy policy = Policy.Create(PolicyKind.User, "numbers", "q", PolicyTarget.Queues, 0, new FieldTable { ["sequence-header"] = true });

        foreach (long? expected in (long?[])[null, 1, null])
        {
            if (expected is not null)
            {
                policies.Set(policy);
            }

            peer.Publish(1, "q", "body");
            peer.ExpectDelivery("body");
            Assert.Equal((expected, null), NumbersOf(peer));
            policies.TryDelete(PolicyKind.User, "numbers", out _);
        }
    }

    private static (long? Sequence, long? DeliveryCount) NumbersOf(AmqpPeer peer) => (Number(peer, "x-sequence"), Number(peer, "x-delivery-count"));

    private static long? Number(AmqpPeer peer, string name) => HeadersOf(peer).TryGet(name, out object? value) ? (long?)value : null;

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
