using System.Text;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>What happens when the disk, other connections and the client do things at awkward moments.</summary>
public sealed class AmqpSessionRaceTests : IDisposable
{
    private readonly TestBroker _broker = new(unsyncedBytesMax: 64 * 1024);

    public void Dispose() => _broker.Dispose();

    [Fact]
    public void Vanish_AfterTheStoreHasFailed_StillLeavesTheRegistry()
    {
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        peer.DeclareQueue(1, "q");
        peer.Consume(1, "q", "c");
        peer.Publish(1, "q", "one");
        peer.ExpectDelivery("one");
        Assert.Equal(1, _broker.Broker.Connections.Count);
        _broker.Store.ShardLog.Seal(uint.MaxValue); // Nothing can be written any more.
        peer.Vanish();

        Assert.Equal(0, _broker.Broker.Connections.Count);
    }

    [Fact]
    public void Get_BehindAnotherRequestInTheSameRead_IsAnswered()
    {
        AmqpPeer peer = Ready();
        peer.SendBytes([.. AmqpPeer.Frame(1, default(ConfirmSelect)), .. AmqpPeer.Frame(1, new BasicGet { Queue = "q"u8 })]);

        peer.Expect(MethodId.ConfirmSelectOk);
        peer.Expect(MethodId.BasicGetEmpty);
    }

    [Fact]
    public void Get_BehindAReplyThatWaitsForTheDisk_IsAnsweredAfterIt()
    {
        AmqpPeer peer = Ready();
        peer.Publish(1, "q", "one");
        using (_broker.HoldCommits())
        {
            peer.SendBytes([.. AmqpPeer.Frame(1, new QueueDeclare { Queue = "new"u8, Durable = true }), .. AmqpPeer.Frame(1, new BasicGet { Queue = "q"u8 })]);
            peer.ExpectSilence();
        }

        peer.Expect(MethodId.QueueDeclareOk);
        peer.Expect(MethodId.BasicGetOk);
    }

    [Fact]
    public void Ack_WhileTheOutboxIsBacklogged_GetsItsConsumerGoingWhenItHasDrained()
    {
        AmqpPeer peer = Ready();
        peer.OpenChannel(2);
        peer.DeclareQueue(2, "bulk", durable: false);
        peer.Send(1, new BasicQos { PrefetchCount = 1 });
        peer.Expect(MethodId.BasicQosOk);
        peer.Consume(1, "q", "careful");
        peer.Consume(2, "bulk", "greedy", noAck: true);
        AmqpPeer publisher = Another();
        publisher.Publish(1, "q", "one");
        ulong tag = peer.ExpectDelivery("one").DeliveryTag;
        publisher.Publish(1, "q", "two");

        peer.Connection.HoldsOutput = true;
        for (int i = 0; i < 20; i++)
        {
            publisher.SendBytes(AmqpPeer.PublishFrames(1, "", "bulk", new byte[100_000], deliveryMode: 1));
        }

        peer.Send(1, new BasicAck { DeliveryTag = tag });
        peer.Connection.HoldsOutput = false;

        PeerDelivery delivery;
        do
        {
            delivery = peer.ExpectDelivery();
        }
        while (delivery.ConsumerTag != "careful");

        Assert.Equal("two", Encoding.UTF8.GetString(delivery.Body));
    }

    [Fact]
    public void QueueDelete_BeforeConsumeOkHasLeft_CancelsTheConsumerBehindIt()
    {
        AmqpPeer peer = Ready();
        peer.DeclareQueue(1, "other", durable: false);
        peer.Publish(1, "q", "one");
        peer.Send(1, new BasicGet { Queue = "q"u8 });
        Assert.True(BasicGetOk.TryRead(peer.Expect(MethodId.BasicGetOk), out BasicGetOk got));
        ulong tag = got.DeliveryTag;
        peer.ExpectContent();
        AmqpPeer second = Another();
        using (_broker.HoldCommits())
        {
            peer.SendBytes([.. AmqpPeer.Frame(1, new BasicAck { DeliveryTag = tag }), .. AmqpPeer.Frame(1, new BasicConsume { Queue = "other"u8, ConsumerTag = "c"u8 })]);
            second.Send(1, new QueueDelete { Queue = "other"u8 });
            peer.ExpectSilence();
        }

        peer.Expect(MethodId.BasicConsumeOk);
        peer.Expect(MethodId.BasicCancel);
    }

    [Fact]
    public void QosOk_AfterAnAck_WaitsUntilTheAckIsDurable()
    {
        AmqpPeer peer = Ready();
        peer.Publish(1, "q", "one");
        peer.Send(1, new BasicGet { Queue = "q"u8 });
        peer.Expect(MethodId.BasicGetOk);
        peer.ExpectContent();
        using (_broker.HoldCommits())
        {
            peer.SendBytes([.. AmqpPeer.Frame(1, new BasicAck { DeliveryTag = 1 }), .. AmqpPeer.Frame(1, new BasicQos { PrefetchCount = 1 })]);
            peer.ExpectSilence();
        }

        peer.Expect(MethodId.BasicQosOk);
    }

    [Fact]
    public void Acks_WhilePublishersWaitForTheDisk_GoOn()
    {
        AmqpPeer consumer = Ready();
        consumer.Send(1, new BasicQos { PrefetchCount = 1 });
        consumer.Expect(MethodId.BasicQosOk);
        consumer.Consume(1, "q", "c");
        AmqpPeer publisher = Another();
        foreach (string body in (string[])["one", "two", "three", "four"])
        {
            publisher.Publish(1, "q", body);
        }

        ulong tag = consumer.ExpectDelivery("one").DeliveryTag;
        using (_broker.HoldCommits())
        {
            publisher.SendBytes(AmqpPeer.PublishFrames(1, "", "q", new byte[100_000]));
            Assert.NotNull(_broker.Store.CongestionReason);
            Assert.True(publisher.Connection.IsPaused);
            foreach (string body in (string[])["two", "three", "four"])
            {
                consumer.Send(1, new BasicAck { DeliveryTag = tag });
                tag = consumer.ExpectDelivery(body).DeliveryTag;
            }

            Assert.False(consumer.Connection.IsPaused);
        }

        publisher.ExpectNothingMore(1);
    }

    [Fact]
    public void Publish_ToANoAckConsumerWhoseConnectionBroke_IsKept()
    {
        AmqpPeer broken = Ready();
        broken.Consume(1, "q", "c", noAck: true);
        AmqpPeer publisher = Another();
        broken.Connection.Abort("the network broke"); // The session learns of it later.
        publisher.Publish(1, "q", "one");
        publisher.Publish(1, "q", "two");
        broken.Vanish();

        publisher.Consume(1, "q", "d", noAck: true);
        Assert.False(publisher.ExpectDelivery("one").Redelivered);
        publisher.ExpectDelivery("two");
    }

    [Fact]
    public void ConnectionError_WithANoAckConsumer_TakesNoMoreMessages()
    {
        AmqpPeer faulty = Ready();
        faulty.Consume(1, "q", "c", noAck: true);
        faulty.Send(9, new BasicGet { Queue = "q"u8 });
        faulty.ExpectConnectionClose();
        AmqpPeer other = Another();
        other.Publish(1, "q", "one");

        faulty.ExpectSilence();
        other.Consume(1, "q", "d", noAck: true);
        other.ExpectDelivery("one");
    }

    [Fact]
    public void ConnectionError_WithUnackedMessages_ReturnsThemBeforeTheClientAnswers()
    {
        AmqpPeer faulty = Ready();
        faulty.Consume(1, "q", "c");
        faulty.Publish(1, "q", "one");
        faulty.ExpectDelivery("one");
        faulty.Send(9, new BasicGet { Queue = "q"u8 });
        faulty.ExpectConnectionClose();

        AmqpPeer other = Another();
        other.Consume(1, "q", "d", noAck: true);
        Assert.True(other.ExpectDelivery("one").Redelivered);
    }

    [Fact]
    public void Stop_WithANoAckConsumer_TakesNoMoreMessages()
    {
        AmqpPeer stopped = Ready();
        stopped.Consume(1, "q", "c", noAck: true);
        AmqpPeer publisher = Another();
        stopped.BeginStop();
        Assert.Equal(ReplyCode.ConnectionForced, stopped.ExpectConnectionClose().Code);
        publisher.Publish(1, "q", "one");

        stopped.ExpectSilence();
        publisher.Send(1, new BasicGet { Queue = "q"u8 });
        publisher.Expect(MethodId.BasicGetOk);
    }

    [Fact]
    public void Stop_OfAPausedConnection_StillReadsItsCloseOk()
    {
        AmqpPeer publisher = Ready();
        using (_broker.HoldCommits())
        {
            publisher.SendBytes(AmqpPeer.PublishFrames(1, "", "q", new byte[100_000]));
            Assert.True(publisher.Connection.IsPaused);
            publisher.BeginStop();
            publisher.ExpectConnectionClose();
            publisher.SendBare(0, MethodId.ConnectionCloseOk);
            publisher.ExpectClosed();
        }
    }

    [Fact]
    public void Vanish_WhileALargeBodyIsBeingWritten_LeavesNoBodyBehind()
    {
        for (int i = 0; i < 5; i++)
        {
            AmqpPeer peer = Ready();
            foreach (byte[] piece in AmqpPeer.PublishFrames(1, "", "q", new byte[3_000_000]).Chunk(200_000))
            {
                peer.SendBytes(piece);
            }

            peer.Vanish();
        }

        AmqpPeer other = Another();
        foreach (byte[] piece in AmqpPeer.PublishFrames(1, "", "q", new byte[1_500_000]).Chunk(200_000))
        {
            other.SendBytes(piece);
        }

        other.Consume(1, "q", "c", noAck: true); // Bodies are written one after the other: this one is the last.
        other.ExpectDelivery();
        _broker.Store.Checkpoint();
        _broker.Store.Checkpoint();
        Assert.Equal(0, _broker.Store.GetStatistics().BodyCount);
    }

    [Fact]
    public void SharedPrefetch_ConsumersOfTwoQueues_TakeTurns()
    {
        AmqpPeer peer = Ready();
        peer.DeclareQueue(1, "s", durable: false);
        peer.DeclareQueue(1, "t", durable: false);
        peer.Send(1, new BasicQos { PrefetchCount = 1, Global = true });
        peer.Expect(MethodId.BasicQosOk);
        for (int i = 0; i < 3; i++)
        {
            peer.Publish(1, "s", "s");
            peer.Publish(1, "t", "t");
        }

        peer.Send(1, new BasicConsume { Queue = "s"u8, ConsumerTag = "a"u8, NoWait = true });
        peer.Send(1, new BasicConsume { Queue = "t"u8, ConsumerTag = "b"u8, NoWait = true });
        var order = new StringBuilder();
        for (int i = 0; i < 6; i++)
        {
            PeerDelivery delivery = peer.ExpectDelivery();
            order.Append(Encoding.UTF8.GetString(delivery.Body));
            peer.Send(1, new BasicAck { DeliveryTag = delivery.DeliveryTag });
        }

        Assert.Equal("ststst", order.ToString());
    }

    [Fact]
    public void QueueDeclare_WithoutName_NeedsPermissionForGeneratedNames()
    {
        AmqpPeer peer = Ready();
        _broker.Permit(configure: "^amq\\.gen-", write: ".*", read: ".*");
        peer.Send(1, new QueueDeclare { Exclusive = true });
        peer.Expect(MethodId.QueueDeclareOk);

        _broker.Permit(configure: "^amq\\.default$", write: ".*", read: ".*");
        peer.Send(1, new QueueDeclare { Exclusive = true });
        Assert.Equal(ReplyCode.AccessRefused, peer.ExpectChannelClose(1).Code);
    }

    [Theory]
    [InlineData(MethodId.BasicConsume)]
    [InlineData(MethodId.BasicGet)]
    [InlineData(MethodId.QueuePurge)]
    public void Reading_WithoutPermission_DoesNotTellWhichQueuesExist(MethodId method)
    {
        AmqpPeer peer = Ready();
        _broker.Permit(configure: ".*", write: ".*", read: "^$");
        switch (method)
        {
            case MethodId.BasicConsume:
                peer.Send(1, new BasicConsume { Queue = "nowhere"u8 });
                break;
            case MethodId.BasicGet:
                peer.Send(1, new BasicGet { Queue = "nowhere"u8 });
                break;
            default:
                peer.Send(1, new QueuePurge { Queue = "nowhere"u8 });
                break;
        }

        Assert.Equal("ACCESS_REFUSED - access to queue 'nowhere' in vhost '/' refused for user 'guest'", peer.ExpectChannelClose(1).Text);
    }

    private AmqpPeer Ready()
    {
        AmqpPeer peer = Another();
        peer.DeclareQueue(1, "q");
        return peer;
    }

    private AmqpPeer Another()
    {
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        return peer;
    }
}
