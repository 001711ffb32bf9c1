using System.Text;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>Details of methods as clients of RabbitMQ know them.</summary>
public sealed class AmqpMethodTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly TestBroker _broker;

    public AmqpMethodTests()
    {
        _broker = new TestBroker(new AmqpOptions { MessageBytesMax = 1000 }, time: _time);
    }

    public void Dispose() => _broker.Dispose();

    [Fact]
    public void Cancel_UnknownTag_IsAnsweredAllTheSame()
    {
        AmqpPeer peer = Ready();
        peer.Send(1, new BasicCancel { ConsumerTag = "nobody"u8 });

        Assert.True(BasicCancelOk.TryRead(peer.Expect(MethodId.BasicCancelOk), out BasicCancelOk ok));
        Assert.Equal("nobody", Encoding.UTF8.GetString(ok.ConsumerTag));
    }

    [Fact]
    public void Consume_WithoutTag_GetsOneOfItsOwn()
    {
        AmqpPeer peer = Ready();
        var tags = new HashSet<string>();
        for (int i = 0; i < 3; i++)
        {
            peer.Send(1, new BasicConsume { Queue = "q"u8 });
            Assert.True(BasicConsumeOk.TryRead(peer.Expect(MethodId.BasicConsumeOk), out BasicConsumeOk ok));
            Assert.True(tags.Add(Encoding.UTF8.GetString(ok.ConsumerTag)));
        }

        Assert.All(tags, tag => Assert.StartsWith("amq.ctag-", tag, StringComparison.Ordinal));
    }

    [Fact]
    public void Consume_TagInUse_ClosesTheConnectionWith530()
    {
        AmqpPeer peer = Ready();
        peer.Consume(1, "q", "c");
        peer.Send(1, new BasicConsume { Queue = "q"u8, ConsumerTag = "c"u8 });

        Assert.Equal("NOT_ALLOWED - attempt to reuse consumer tag 'c'", peer.ExpectConnectionClose().Text);
    }

    [Fact]
    public void Consume_TagOfACancelledConsumer_MayBeUsedAgain()
    {
        AmqpPeer peer = Ready();
        peer.Consume(1, "q", "c");
        peer.Send(1, new BasicCancel { ConsumerTag = "c"u8 });
        peer.Expect(MethodId.BasicCancelOk);
        peer.Consume(1, "q", "c");
        peer.Publish(1, "q", "one");
        peer.ExpectDelivery("one");
    }

    [Fact]
    public void Consume_ExclusiveBesideAnother_ClosesTheChannelWith403AndKeepsTheOther()
    {
        AmqpPeer peer = Ready();
        peer.Consume(1, "q", "c");
        AmqpPeer other = Another();
        other.Send(1, new BasicConsume { Queue = "q"u8, Exclusive = true });
        Assert.Equal("ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use", other.ExpectChannelClose(1).Text);
        peer.Publish(1, "q", "one");
        peer.ExpectDelivery("one");
    }

    [Fact]
    public void NoWait_GetsNoReplies()
    {
        AmqpPeer peer = Ready();
        peer.Send(1, new QueueDeclare { Queue = "n"u8, NoWait = true });
        peer.Send(1, new QueueBind { Queue = "n"u8, Exchange = "amq.fanout"u8, NoWait = true });
        peer.Send(1, new ConfirmSelect { NoWait = true });
        peer.Publish(1, "n", "one");
        peer.Expect(MethodId.BasicAck);
        peer.Send(1, new QueuePurge { Queue = "n"u8, NoWait = true });
        peer.Send(1, new BasicConsume { Queue = "n"u8, ConsumerTag = "c"u8, NoWait = true });
        peer.Publish(1, "n", "two", deliveryMode: 1);
        peer.ExpectDelivery("two");
        peer.Expect(MethodId.BasicAck);
        peer.Send(1, new BasicCancel { ConsumerTag = "c"u8, NoWait = true });
        peer.Send(1, new QueueDelete { Queue = "n"u8, NoWait = true });
        peer.ExpectNothingMore(1);
    }

    [Fact]
    public void Recover_ReturnsEverythingUnacknowledged()
    {
        AmqpPeer peer = Ready();
        peer.Publish(1, "q", "one");
        peer.Publish(1, "q", "two");
        peer.Consume(1, "q", "c");
        peer.ExpectDelivery("one");
        peer.ExpectDelivery("two");
        peer.Send(1, new BasicCancel { ConsumerTag = "c"u8 });
        peer.Expect(MethodId.BasicCancelOk);
        peer.Send(1, new BasicRecover { Requeue = true });
        peer.Expect(MethodId.BasicRecoverOk);
        peer.Consume(1, "q", "d");

        Assert.Equal((3UL, true), (peer.ExpectDelivery("one") is var one ? one.DeliveryTag : 0, one.Redelivered));
        Assert.True(peer.ExpectDelivery("two").Redelivered);
        peer.Send(1, new BasicAck { DeliveryTag = 1 });
        Assert.Equal("PRECONDITION_FAILED - unknown delivery tag 1", peer.ExpectChannelClose(1).Text);
    }

    [Fact]
    public void Recover_WithoutRequeue_IsNotImplemented()
    {
        AmqpPeer peer = Ready();
        peer.Send(1, new BasicRecover { Requeue = false });
        Assert.Equal(ReplyCode.NotImplemented, peer.ExpectConnectionClose().Code);
    }

    [Fact]
    public void Qos_WithoutGlobal_CountsForConsumersToComeOnly()
    {
        AmqpPeer peer = Ready();
        peer.DeclareQueue(1, "r");
        peer.Consume(1, "q", "unlimited");
        peer.Send(1, new BasicQos { PrefetchCount = 2 });
        peer.Expect(MethodId.BasicQosOk);
        peer.Consume(1, "r", "limited");
        for (int i = 0; i < 4; i++)
        {
            peer.Publish(1, "q", $"q{i}");
            peer.ExpectDelivery($"q{i}");
            peer.Publish(1, "r", $"r{i}");
            if (i < 2)
            {
                peer.ExpectDelivery($"r{i}");
            }
        }

        peer.ExpectSilence();
    }

    public static TheoryData<string, object?, string?> ConsumerArgumentValues() => new()
    {
        { "x-priority", 5, null },
        { "x-priority", -5_000_000_000, null },
        { "x-priority", "5", "\"expected integer, got longstr\"" },
        { "x-priority", true, "\"expected integer, got bool\"" },
        { "x-priority", 1.5, "\"expected integer, got double\"" },
        { "x-priority", null, "\"expected integer, got void\"" },
        { "x-cancel-on-ha-failover", false, null },
        { "x-cancel-on-ha-failover", "true", null }, // No queue type of RabbitMQ 4 knows it any more.
        { "x-consumer-timeout", 0, null },
        { "x-consumer-timeout", "whatever", "\"expected integer, got longstr\"" },
        { "x-consumer-timeout", -5, "{value_negative,-5}" },
        { "x-anything", new FieldTable(), null },
    };

    [Theory]
    [MemberData(nameof(ConsumerArgumentValues))]
    public void Consume_WithArguments_RefusesWrongTypesAsRabbitMqDoes(string name, object? value, string? problem)
    {
        AmqpPeer peer = Ready();
        peer.Send(1, new BasicConsume { Queue = "q"u8, Arguments = FieldTableCodec.ToArray(new FieldTable { { name, value } }) });
        if (problem is null)
        {
            peer.Expect(MethodId.BasicConsumeOk);
        }
        else
        {
            var expected = new ProtocolError(ReplyCode.PreconditionFailed, $"PRECONDITION_FAILED - invalid arg '{name}' for queue 'q' in vhost '/': {problem}", MethodId.BasicConsume);
            Assert.Equal(expected, peer.ExpectChannelClose(1));
        }
    }

    [Fact]
    public void Consume_QuorumQueueWithAnArgumentThatOnlyMirrorsKnew_IgnoresItAsRabbitMq4Does()
    {
        AmqpPeer peer = Ready();
        peer.Send(1, new QueueDeclare { Queue = "quorum"u8, Durable = true, Arguments = FieldTableCodec.ToArray(new FieldTable { ["x-queue-type"] = "quorum" }) });
        peer.Expect(MethodId.QueueDeclareOk);

        peer.Send(1, new BasicConsume { Queue = "quorum"u8, Arguments = FieldTableCodec.ToArray(new FieldTable { ["x-cancel-on-ha-failover"] = "yes" }) });

        peer.Expect(MethodId.BasicConsumeOk);
    }

    [Fact]
    public void Qos_Global_RaisedLetsWaitingConsumersGoOn()
    {
        AmqpPeer peer = Ready();
        peer.Send(1, new BasicQos { PrefetchCount = 1, Global = true });
        peer.Expect(MethodId.BasicQosOk);
        peer.Consume(1, "q", "c");
        peer.Publish(1, "q", "one");
        peer.Publish(1, "q", "two");
        peer.ExpectDelivery("one");
        peer.Send(1, new BasicQos { PrefetchCount = 2, Global = true });

        peer.ExpectDelivery("two");
        peer.Expect(MethodId.BasicQosOk);
    }

    [Fact]
    public void Qos_WithPrefetchSize_IsNotImplemented()
    {
        AmqpPeer peer = Ready();
        peer.Send(1, new BasicQos { PrefetchBytes = 10 });
        Assert.Equal("NOT_IMPLEMENTED - prefetch_size!=0 (10)", peer.ExpectConnectionClose().Text);
    }

    [Fact]
    public void QueueDeclare_Passive_TellsReadyMessagesAndConsumers()
    {
        AmqpPeer peer = Ready();
        for (int i = 0; i < 5; i++)
        {
            peer.Publish(1, "q", "x");
        }

        peer.Send(1, new BasicGet { Queue = "q"u8 });
        peer.Expect(MethodId.BasicGetOk);
        peer.ExpectContent();
        peer.Send(1, new BasicQos { PrefetchCount = 1 });
        peer.Expect(MethodId.BasicQosOk);
        peer.Consume(1, "q", "c");
        peer.ExpectDelivery("x");
        peer.Send(1, new QueueDeclare { Queue = "q"u8, Passive = true });

        Assert.True(QueueDeclareOk.TryRead(peer.Expect(MethodId.QueueDeclareOk), out QueueDeclareOk ok));
        Assert.Equal((3u, 1u), (ok.MessageCount, ok.ConsumerCount));
    }

    [Fact]
    public void QueueDelete_TellsTheCountAndKeepsConditions()
    {
        AmqpPeer peer = Ready();
        peer.OpenChannel(2);
        peer.Publish(1, "q", "x");
        peer.Send(2, new QueueDelete { Queue = "q"u8, IfEmpty = true });
        Assert.Equal("PRECONDITION_FAILED - queue 'q' in vhost '/' not empty", peer.ExpectChannelClose(2).Text);
        peer.SendBare(2, MethodId.ChannelCloseOk);
        peer.OpenChannel(2);
        peer.Consume(1, "q", "c");
        peer.ExpectDelivery("x");
        peer.Publish(1, "q", "y");
        peer.ExpectDelivery("y");
        peer.Send(2, new QueueDelete { Queue = "q"u8, IfUnused = true });
        Assert.Equal("PRECONDITION_FAILED - queue 'q' in vhost '/' in use", peer.ExpectChannelClose(2).Text);
        peer.Send(1, new BasicCancel { ConsumerTag = "c"u8 });
        peer.Expect(MethodId.BasicCancelOk);
        peer.Send(1, new BasicNack { DeliveryTag = 2, Multiple = true, Requeue = true });
        peer.Send(1, new QueueDelete { Queue = "q"u8, IfUnused = true });
        Assert.Equal(2u, DeleteOk(peer));
        peer.Send(1, new QueueDelete { Queue = "q"u8 });
        Assert.Equal(0u, DeleteOk(peer)); // There is none any more: fine, too.
    }

    [Fact]
    public void ExclusiveQueue_FromAnotherConnection_IsLocked()
    {
        AmqpPeer owner = Ready();
        owner.DeclareQueue(1, "mine", exclusive: true);
        foreach (byte[] frame in (byte[][])[
            AmqpPeer.Frame(1, new BasicConsume { Queue = "mine"u8 }),
            AmqpPeer.Frame(1, new BasicGet { Queue = "mine"u8 }),
            AmqpPeer.Frame(1, new QueuePurge { Queue = "mine"u8 }),
            AmqpPeer.Frame(1, new QueueDelete { Queue = "mine"u8 }),
            AmqpPeer.Frame(1, new QueueDeclare { Queue = "mine"u8, Passive = true }),
            AmqpPeer.Frame(1, new QueueBind { Queue = "mine"u8, Exchange = "amq.fanout"u8 }),
        ])
        {
            AmqpPeer other = Another();
            other.SendBytes(frame);
            ProtocolError error = other.ExpectChannelClose(1);
            Assert.Equal(ReplyCode.ResourceLocked, error.Code);
            Assert.StartsWith("RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'mine' in vhost '/'.", error.Text, StringComparison.Ordinal);
        }

        AmqpPeer publisher = Another();
        publisher.Publish(1, "mine", "anybody may send"); // As RabbitMQ: it locks out consumers, not publishers.
        owner.Consume(1, "mine", "c");
        owner.ExpectDelivery("anybody may send");
    }

    [Fact]
    public void ChannelClose_OfBothSidesAtOnce_EndsTheChannelAndNothingElse()
    {
        AmqpPeer peer = Ready();
        peer.SendBytes([
            .. AmqpPeer.Frame(1, new BasicAck { DeliveryTag = 9 }), // Our close leaves after this read ...
            .. AmqpPeer.PublishFrames(1, "", "q", [1]),
            .. AmqpPeer.Frame(1, new ChannelClose { ReplyCode = ReplyCode.Success, ReplyText = "bye"u8 }), // ... and crosses the client's.
        ]);
        peer.ExpectChannelClose(1);
        peer.Expect(MethodId.ChannelCloseOk, 1);
        peer.SendBare(1, MethodId.ChannelCloseOk);
        peer.OpenChannel(1);
        peer.Send(1, new QueueDeclare { Queue = "q"u8, Passive = true });
        Assert.True(QueueDeclareOk.TryRead(peer.Expect(MethodId.QueueDeclareOk), out QueueDeclareOk ok));
        Assert.Equal(0u, ok.MessageCount);
    }

    [Fact]
    public void ChannelClose_WithUnackedMessages_ReturnsThemBeforeCloseOk()
    {
        AmqpPeer peer = Ready();
        peer.Publish(1, "q", "one");
        peer.Consume(1, "q", "c");
        peer.ExpectDelivery("one");
        peer.Send(1, new ChannelClose { ReplyCode = ReplyCode.Success, ReplyText = "bye"u8 });
        peer.Expect(MethodId.ChannelCloseOk, 1);
        peer.OpenChannel(1);
        peer.Send(1, new BasicGet { Queue = "q"u8 });
        Assert.True(BasicGetOk.TryRead(peer.Expect(MethodId.BasicGetOk), out BasicGetOk got));
        Assert.True(got.Redelivered);
    }

    [Fact]
    public void ConnectionClose_FramesBehindIt_HaveNoEffect()
    {
        AmqpPeer peer = Ready();
        peer.SendBytes([
            .. AmqpPeer.PublishFrames(1, "", "q", [1]),
            .. AmqpPeer.Frame(0, new ConnectionClose { ReplyCode = ReplyCode.Success, ReplyText = "bye"u8 }),
            .. AmqpPeer.PublishFrames(1, "", "q", [2]),
        ]);
        peer.Expect(MethodId.ConnectionCloseOk);
        peer.ExpectClosed();
        AmqpPeer other = Another();
        other.Send(1, new QueuePurge { Queue = "q"u8 });
        Assert.True(QueuePurgeOk.TryRead(other.Expect(MethodId.QueuePurgeOk), out QueuePurgeOk ok));
        Assert.Equal(1u, ok.MessageCount);
    }

    [Fact]
    public void Body_LongerThanAnnounced_ClosesTheConnectionWith505()
    {
        AmqpPeer peer = Ready();
        byte[] frames = AmqpPeer.PublishFrames(1, "", "q", [1, 2, 3]);
        Assert.Equal(FrameReadStatus.Complete, FrameCodec.TryRead(frames, 131_072, out FrameHeader method));
        frames[method.FrameBytes + FrameCodec.HeaderBytes + 11] = 2; // The low octet of the announced length.
        peer.SendBytes(frames);

        Assert.Equal(ReplyCode.UnexpectedFrame, peer.ExpectConnectionClose().Code);
    }

    [Fact]
    public void Publish_TooLargeMessage_ClosesTheChannelWith406()
    {
        AmqpPeer peer = Ready();
        peer.SendBytes(AmqpPeer.PublishFrames(1, "", "q", new byte[1001]));
        Assert.Equal("PRECONDITION_FAILED - message size 1001 is larger than configured max size 1000", peer.ExpectChannelClose(1).Text);
        peer.SendBare(1, MethodId.ChannelCloseOk);
        peer.OpenChannel(1);
        peer.Publish(1, "q", "small");
        peer.Send(1, new BasicGet { Queue = "q"u8 });
        peer.Expect(MethodId.BasicGetOk);
        Assert.Equal("small", Encoding.UTF8.GetString(peer.ExpectContent()));
    }

    [Theory]
    [InlineData("guest", true)]
    [InlineData("somebody", false)]
    public void Publish_WithUserId_MustBeTheUser(string userId, bool accepted)
    {
        AmqpPeer peer = Ready();
        byte[] properties = [0, 0x10, (byte)userId.Length, .. Encoding.ASCII.GetBytes(userId)]; // Flag of user-id: bit 4.
        peer.SendBytes(AmqpPeer.PublishFrames(1, new BasicPublish { RoutingKey = "q"u8 }, properties, [1]));
        if (accepted)
        {
            peer.ExpectNothingMore(1);
        }
        else
        {
            Assert.Equal("PRECONDITION_FAILED - user_id property set to 'somebody' but authenticated user was 'guest'", peer.ExpectChannelClose(1).Text);
        }
    }

    [Theory]
    [InlineData(0x003C_00FF)] // Class basic.
    [InlineData(0x0032_00FF)] // Class queue.
    [InlineData(0x0028_00FF)] // Class exchange.
    [InlineData(0x00FF_000A)] // No class.
    public void UnknownMethod_ClosesTheConnection(int method)
    {
        AmqpPeer peer = Ready();
        peer.SendBare(1, (MethodId)method);
        peer.ExpectConnectionClose();
        peer.SendBare(0, MethodId.ConnectionCloseOk);
        peer.ExpectClosed();
    }

    [Fact]
    public void Heartbeat_IsNotSentAsSoonAsTheConnectionIsOpen()
    {
        AmqpPeer peer = Ready();
        peer.Connection.Tick();

        Assert.Empty(peer.Connection.TakeOutput());
    }

    [Fact]
    public void Heartbeat_IsSentInTimeAndItsLackEndsTheConnection()
    {
        AmqpPeer peer = Ready(); // 60 s were agreed on.
        _time.Advance(31);
        peer.Connection.Tick();
        Assert.Equal(FrameCodec.Heartbeat.ToArray(), peer.Connection.TakeOutput());
        peer.SendBytes(FrameCodec.Heartbeat);
        _time.Advance(119);
        peer.Connection.Tick();
        Assert.False(peer.Connection.IsClosed);
        _time.Advance(2);
        peer.Connection.Tick();
        Assert.True(peer.Connection.IsClosed);
        Assert.Equal("missed heartbeats from the client, timeout: 60s", peer.Connection.AbortReason);
    }

    [Fact]
    public void Heartbeat_ThatTheBrokerHasNotReadYet_IsASignOfLife()
    {
        AmqpPeer peer = Ready(); // 60 s were agreed on.
        peer.Connection.HasUnread = true;
        _time.Advance(121);
        peer.Connection.Tick();
        Assert.False(peer.Connection.IsClosed);
        peer.Connection.HasUnread = false;
        peer.Connection.Tick();
        Assert.True(peer.Connection.IsClosed);
    }

    [Fact]
    public void ConnectionError_WithoutAnAnswer_EndsTheConnectionAfterAWhile()
    {
        AmqpPeer peer = Ready();
        peer.Send(9, new BasicGet { Queue = "q"u8 });
        peer.ExpectConnectionClose();
        peer.Connection.Tick();
        Assert.False(peer.Connection.IsClosed);
        _time.Advance(11);
        peer.Connection.Tick();
        Assert.True(peer.Connection.IsClosed);
    }

    private static uint DeleteOk(AmqpPeer peer)
    {
        Assert.True(QueueDeleteOk.TryRead(peer.Expect(MethodId.QueueDeleteOk), out QueueDeleteOk ok));
        return ok.MessageCount;
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
