using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>Deliveries that are not acknowledged in time (x-consumer-timeout).</summary>
public sealed class AcknowledgeTimeoutTests : IDisposable
{
    private const int TimeoutMs = 10_000;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_767_225_600));
    private readonly TestBroker _broker;

    public AcknowledgeTimeoutTests()
    {
        _broker = new TestBroker(time: _time);
    }

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData(TimeoutMs, null)]
    [InlineData(null, TimeoutMs)]
    [InlineData(5 * TimeoutMs, TimeoutMs)]
    public void Delivery_NotAcknowledgedInTime_ComesAgainOnALiveChannel(int? ofQueue, int? ofConsumer)
    {
        AmqpPeer peer = Ready(ofQueue);
        Consume(peer, ofConsumer);
        peer.Publish(1, "q", "body");
        Assert.Equal(1ul, peer.ExpectDelivery("body").DeliveryTag);
        Advance(TimeoutMs - 1);
        peer.ExpectNothingMore(1);

        Advance(TimeoutMs / 10);

        PeerDelivery again = peer.ExpectDelivery("body");
        Assert.Equal((2ul, true), (again.DeliveryTag, again.Redelivered));
        peer.Send(1, new BasicAck { DeliveryTag = 2 });
        peer.ExpectNothingMore(1);
        Assert.Equal(0, Queue.Log.UnsettledCount);
    }

    [Fact]
    public void Delivery_PolicySetsATimeout_HoldsForRunningConsumers()
    {
        AmqpPeer peer = Ready(ofQueue: null);
        Consume(peer, ofConsumer: null);
        peer.Publish(1, "q", "before");
        peer.ExpectDelivery("before");
        Queue.Apply(EffectiveArguments.None with { ConsumerTimeoutMs = TimeoutMs });
        peer.Publish(1, "q", "after");
        peer.ExpectDelivery("after");

        Advance(2 * TimeoutMs);

        peer.ExpectDelivery("before"); // Of one consumer all up to the late one are late.
        peer.ExpectDelivery("after");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Acknowledgement_ComesLate_DoesNothing(bool multiple)
    {
        AmqpPeer peer = Ready(TimeoutMs);
        Consume(peer, ofConsumer: null);
        peer.Publish(1, "q", "body");
        peer.ExpectDelivery("body");
        Advance(2 * TimeoutMs);
        peer.ExpectDelivery("body");

        peer.Send(1, new BasicAck { DeliveryTag = 1, Multiple = multiple });
        peer.Send(1, new BasicNack { DeliveryTag = 1, Multiple = multiple });

        peer.ExpectNothingMore(1);
        Assert.Equal((1, 1), (Queue.UnackedCount, Queue.Log.UnsettledCount));
        peer.Send(1, new BasicAck { DeliveryTag = 7 }); // Never given.
        Assert.Equal(ReplyCode.PreconditionFailed, peer.ExpectChannelClose(1).Code);
    }

    [Fact]
    public void Acknowledgement_InTime_IsAllThereIs()
    {
        AmqpPeer peer = Ready(TimeoutMs);
        Consume(peer, ofConsumer: null);
        for (int i = 0; i < 100; i++)
        {
            peer.Publish(1, "q", "body");
            peer.Send(1, new BasicAck { DeliveryTag = peer.ExpectDelivery("body").DeliveryTag });
            Advance(TimeoutMs / 7);
        }

        peer.ExpectNothingMore(1);
        Assert.Equal(0, Queue.Log.UnsettledCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Timeout_CreditWasUsedUp_IsFreedForTheNext(bool isShared)
    {
        AmqpPeer peer = Ready(TimeoutMs, deliveryLimit: 0);
        peer.Send(1, new BasicQos { PrefetchCount = 1, Global = isShared });
        peer.Expect(MethodId.BasicQosOk);
        Consume(peer, ofConsumer: null);
        peer.Publish(1, "q", "first");
        peer.Publish(1, "q", "second");
        peer.ExpectDelivery("first");
        peer.ExpectSilence();

        Advance(2 * TimeoutMs);

        Assert.False(peer.ExpectDelivery("second").Redelivered); // The first has come back too often.
        Assert.Equal(1, Queue.Log.UnsettledCount);
    }

    [Fact]
    public void Timeout_OfOneConsumer_LeavesTheOthersAlone()
    {
        AmqpPeer peer = Ready(ofQueue: null);
        Consume(peer, TimeoutMs, "limited");
        Consume(peer, ofConsumer: null, "patient");
        string[] bodies = [.. Enumerable.Range(0, 200).Select(n => $"{n}")];
        foreach (string body in bodies)
        {
            peer.Publish(1, "q", body);
        }

        PeerDelivery[] deliveries = [.. bodies.Select(body => peer.ExpectDelivery(body))];
        Assert.Equal(100, deliveries.Count(delivery => delivery.ConsumerTag == "limited"));
        peer.Send(1, new BasicCancel { ConsumerTag = "limited"u8 }); // It may still acknowledge, and is still watched.
        peer.Expect(MethodId.BasicCancelOk);

        Advance(2 * TimeoutMs);

        foreach (PeerDelivery delivery in deliveries.Where(delivery => delivery.ConsumerTag == "limited"))
        {
            PeerDelivery again = peer.ExpectDelivery();
            Assert.Equal("patient", again.ConsumerTag);
            Assert.Equal(delivery.Body, again.Body);
        }

        peer.Send(1, new BasicAck { DeliveryTag = 300, Multiple = true });
        peer.ExpectNothingMore(1);
        Assert.Equal(0, Queue.Log.UnsettledCount);
    }

    [Fact]
    public void Deadlines_HoweverManyDeliveries_AreOneForEachConsumerAndGoWithTheChannel()
    {
        AmqpPeer peer = Ready(TimeoutMs);
        Consume(peer, ofConsumer: null);
        Consume(peer, ofConsumer: 0, "patient"); // For ever.
        for (int i = 0; i < 500; i++)
        {
            peer.Publish(1, "q", "body");
            peer.ExpectDelivery("body");
            Advance(1);
        }

        Assert.Equal(1, _broker.Broker.Deadlines.Count);
        peer.Send(1, new ChannelClose { ReplyCode = ReplyCode.Success });
        peer.Expect(MethodId.ChannelCloseOk);
        Assert.Equal(0, _broker.Broker.Deadlines.Count);
    }

    [Fact]
    public void Rollback_OfAnAcknowledgement_GivesItsTimeOnceMore()
    {
        AmqpPeer peer = Ready(TimeoutMs);
        peer.Publish(1, "q", "body");
        peer.SendBare(1, MethodId.TxSelect);
        peer.Expect(MethodId.TxSelectOk);
        Consume(peer, ofConsumer: null);
        peer.ExpectDelivery("body");
        peer.Send(1, new BasicAck { DeliveryTag = 1 });
        Advance(2 * TimeoutMs);
        peer.ExpectNothingMore(1);
        peer.SendBare(1, MethodId.TxRollback);
        peer.Expect(MethodId.TxRollbackOk);
        peer.ExpectNothingMore(1);

        Advance(2 * TimeoutMs);

        Assert.True(peer.ExpectDelivery("body").Redelivered);
    }

    private Queue Queue => _broker.Broker.VirtualHosts.TryGet("/", out VirtualHost? host) ? host.GetQueue("q", owner: null) : throw new InvalidOperationException();

    private static void Consume(AmqpPeer peer, int? ofConsumer, string tag = "c")
    {
        FieldTable arguments = ofConsumer is null ? [] : new FieldTable { ["x-consumer-timeout"] = ofConsumer };
        peer.Send(1, new BasicConsume { Queue = "q"u8, ConsumerTag = System.Text.Encoding.UTF8.GetBytes(tag), Arguments = FieldTableCodec.ToArray(arguments) });
        peer.Expect(MethodId.BasicConsumeOk);
    }

    private AmqpPeer Ready(int? ofQueue, int? deliveryLimit = null)
    {
        var arguments = new FieldTable();
        if (ofQueue is not null)
        {
            arguments["x-consumer-timeout"] = ofQueue;
        }

        if (deliveryLimit is not null)
        {
            arguments["x-delivery-limit"] = deliveryLimit;
        }

        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        peer.Send(1, new QueueDeclare { Queue = "q"u8, Durable = true, Arguments = FieldTableCodec.ToArray(arguments) });
        peer.Expect(MethodId.QueueDeclareOk);
        return peer;
    }

    private void Advance(int ms) => _time.Advance(TimeSpan.FromMilliseconds(ms));
}
