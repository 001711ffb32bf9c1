using System.Text;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

public sealed class AmqpSessionTests : IDisposable
{
    private readonly TestBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Fact]
    public void Handshake_RightPassword_OpensTheConnection() => _broker.Login().OpenChannel(1);

    [Fact]
    public void Handshake_OtherProtocol_IsAnsweredWithOursAndClosed()
    {
        AmqpPeer peer = _broker.Connect();
        peer.SendBytes("GET / HTTP/1.1\r\n"u8);

        Assert.Equal(ProtocolHeader.Amqp091.ToArray(), peer.Connection.TakeOutput());
        peer.ExpectClosed();
    }

    [Fact]
    public void Handshake_WrongPassword_ClosesWith403()
    {
        AmqpPeer peer = _broker.Connect();
        peer.Login("guest", "wrong");

        ProtocolError error = peer.ExpectConnectionClose();
        Assert.Equal(ReplyCode.AccessRefused, error.Code);
        Assert.StartsWith("ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Handshake_UnknownVirtualHost_ClosesWith530()
    {
        AmqpPeer peer = _broker.Connect();
        peer.SendBytes(ProtocolHeader.Amqp091);
        peer.Expect(MethodId.ConnectionStart);
        peer.Send(0, new ConnectionStartOk { Mechanism = "PLAIN"u8, Response = "\0guest\0guest"u8, Locale = "en_US"u8 });
        peer.Expect(MethodId.ConnectionTune);
        peer.Send(0, new ConnectionTuneOk { FrameBytesMax = 4096 });
        peer.Send(0, new ConnectionOpen { VirtualHost = "nowhere"u8 });

        Assert.Equal(new ProtocolError(ReplyCode.NotAllowed, "NOT_ALLOWED - vhost nowhere not found", MethodId.ConnectionOpen), peer.ExpectConnectionClose());
        peer.SendBare(0, MethodId.ConnectionCloseOk);
        peer.ExpectClosed();
    }

    [Fact]
    public void Publish_ToQueueWithConsumer_IsDeliveredIntact()
    {
        AmqpPeer peer = Ready();
        peer.Consume(1, "q", "c");
        peer.Publish(1, "q", "hello");

        PeerDelivery delivery = peer.ExpectDelivery("hello");
        Assert.Equal(("c", 1UL, false, "", "q"), (delivery.ConsumerTag, delivery.DeliveryTag, delivery.Redelivered, delivery.Exchange, delivery.RoutingKey));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8_192)]
    [InlineData(131_064)]
    [InlineData(131_065)]
    [InlineData(700_000)]
    [InlineData(3_000_000)]
    public void Publish_BodyOfAnyLength_IsDeliveredIntact(int bodyBytes)
    {
        byte[] body = new byte[bodyBytes];
        for (int i = 0; i < body.Length; i++)
        {
            body[i] = (byte)(i * 31);
        }

        AmqpPeer peer = Ready();
        peer.Consume(1, "q", "c");
        foreach (byte[] piece in AmqpPeer.PublishFrames(1, "", "q", body).Chunk(100_000))
        {
            peer.SendBytes(piece);
        }

        Assert.Equal(body, peer.ExpectDelivery().Body);
    }

    [Fact]
    public void Publish_CutAtEveryByte_IsDeliveredIntact()
    {
        AmqpPeer peer = Ready();
        peer.Consume(1, "q", "c", noAck: true);
        byte[] frames = AmqpPeer.PublishFrames(1, "", "q", Encoding.UTF8.GetBytes("a body of some length"));
        for (int cut = 0; cut <= frames.Length; cut++)
        {
            peer.SendBytes(frames.AsSpan(0, cut));
            peer.SendBytes(frames.AsSpan(cut));
            peer.ExpectDelivery("a body of some length");
        }
    }

    [Fact]
    public void Confirm_PersistentMessages_AreConfirmedInOrder()
    {
        AmqpPeer peer = Ready();
        peer.Send(1, default(ConfirmSelect));
        peer.Expect(MethodId.ConfirmSelectOk);
        byte[] frames = AmqpPeer.PublishFrames(1, "", "q", [1]);
        peer.SendBytes([.. frames, .. frames, .. frames]);

        Assert.True(BasicAck.TryRead(peer.Expect(MethodId.BasicAck), out BasicAck ack));
        Assert.Equal((3UL, true), (ack.DeliveryTag, ack.Multiple));
    }

    [Fact]
    public void Confirm_MandatoryWithoutQueue_ReturnsBeforeTheConfirm()
    {
        AmqpPeer peer = Ready();
        peer.Send(1, default(ConfirmSelect));
        peer.Expect(MethodId.ConfirmSelectOk);
        peer.Publish(1, "nobody", "lost", mandatory: true);

        Assert.True(BasicReturn.TryRead(peer.Expect(MethodId.BasicReturn), out BasicReturn returned));
        Assert.Equal(ReplyCode.NoRoute, returned.ReplyCode);
        Assert.Equal("lost", Encoding.UTF8.GetString(peer.ExpectContent()));
        peer.Expect(MethodId.BasicAck);
    }

    [Fact]
    public void Ack_OfAnUnknownTag_ClosesTheChannelWith406AndKeepsTheConnection()
    {
        AmqpPeer peer = Ready();
        peer.Send(1, new BasicAck { DeliveryTag = 7 });

        Assert.Equal("PRECONDITION_FAILED - unknown delivery tag 7", peer.ExpectChannelClose(1).Text);
        peer.Publish(1, "q", "ignored while closing");
        peer.SendBare(1, MethodId.ChannelCloseOk);
        peer.OpenChannel(1);
    }

    [Fact]
    public void Prefetch_One_DeliversTheNextAfterTheAck()
    {
        AmqpPeer peer = Ready();
        peer.Send(1, new BasicQos { PrefetchCount = 1 });
        peer.Expect(MethodId.BasicQosOk);
        peer.Consume(1, "q", "c");
        peer.Publish(1, "q", "one");
        peer.Publish(1, "q", "two");
        ulong tag = peer.ExpectDelivery("one").DeliveryTag;
        peer.Send(1, new BasicGet { Queue = "q"u8, NoAck = false });
        peer.Expect(MethodId.BasicGetOk); // "two" is still ready: the consumer did not get it.
        Assert.Equal("two", Encoding.UTF8.GetString(peer.ExpectContent()));
        peer.Publish(1, "q", "three");
        peer.Send(1, new BasicAck { DeliveryTag = tag });

        peer.ExpectDelivery("three");
    }

    [Fact]
    public void Nack_WithRequeue_GoesBackToItsPlaceAndIsRedelivered()
    {
        AmqpPeer peer = Ready();
        foreach (string body in (string[])["a", "b", "c"])
        {
            peer.Publish(1, "q", body);
        }

        peer.Send(1, new BasicGet { Queue = "q"u8 });
        Assert.True(BasicGetOk.TryRead(peer.Expect(MethodId.BasicGetOk), out BasicGetOk first));
        Assert.False(first.Redelivered);
        Assert.Equal(2u, first.MessageCount);
        peer.ExpectContent();
        peer.Send(1, new BasicNack { DeliveryTag = first.DeliveryTag, Requeue = true });
        peer.Consume(1, "q", "c", noAck: true);

        Assert.True(peer.ExpectDelivery("a").Redelivered);
        Assert.False(peer.ExpectDelivery("b").Redelivered);
        Assert.False(peer.ExpectDelivery("c").Redelivered);
    }

    [Fact]
    public void Vanish_WithUnackedMessages_ReturnsThemInOrder()
    {
        AmqpPeer first = Ready();
        first.Consume(1, "q", "c");
        foreach (string body in (string[])["a", "b", "c"])
        {
            first.Publish(1, "q", body);
            first.ExpectDelivery(body);
        }

        first.Send(1, new BasicAck { DeliveryTag = 2 });
        first.Vanish();
        AmqpPeer second = _broker.Login();
        second.OpenChannel(1);
        second.Consume(1, "q", "d", noAck: true);

        Assert.True(second.ExpectDelivery("a").Redelivered);
        Assert.True(second.ExpectDelivery("c").Redelivered);
        second.ExpectNothingMore(1);
    }

    [Fact]
    public void Cancel_ThenPublish_DeliversNothing()
    {
        AmqpPeer peer = Ready();
        peer.Consume(1, "q", "c");
        peer.Send(1, new BasicCancel { ConsumerTag = "c"u8 });
        peer.Expect(MethodId.BasicCancelOk);
        peer.Publish(1, "q", "stays");

        peer.ExpectNothingMore(1);
        peer.Send(1, new BasicGet { Queue = "q"u8 });
        peer.Expect(MethodId.BasicGetOk);
    }

    [Fact]
    public void QueueDelete_ByAnother_NotifiesTheConsumer()
    {
        AmqpPeer consumer = Ready();
        consumer.Consume(1, "q", "c");
        AmqpPeer other = _broker.Login();
        other.OpenChannel(1);
        other.Send(1, new QueueDelete { Queue = "q"u8 });
        other.Expect(MethodId.QueueDeleteOk);

        Assert.True(BasicCancel.TryRead(consumer.Expect(MethodId.BasicCancel), out BasicCancel cancel));
        Assert.Equal("c", Encoding.UTF8.GetString(cancel.ConsumerTag));
    }

    /// <summary>Clients that close the channel when they are told (amqplib) would lose the answer otherwise.</summary>
    [Fact]
    public void QueueDelete_ByTheConsumersConnection_IsAnsweredBeforeTheConsumerIsTold()
    {
        AmqpPeer peer = Ready();
        peer.Consume(1, "q", "c");

        peer.Send(1, new QueueDelete { Queue = "q"u8 });

        peer.Expect(MethodId.QueueDeleteOk);
        peer.Expect(MethodId.BasicCancel);
    }

    [Fact]
    public void Get_FromAnEmptyQueue_IsEmpty()
    {
        AmqpPeer peer = Ready();
        peer.Send(1, new BasicGet { Queue = "q"u8 });
        peer.Expect(MethodId.BasicGetEmpty);
    }

    [Fact]
    public void Restart_Clean_KeepsMessagesAndFlagsOnlyWhatWasDelivered()
    {
        AmqpPeer peer = Ready();
        foreach (string body in (string[])["a", "b", "c"])
        {
            peer.Publish(1, "q", body);
        }

        peer.Send(1, new BasicGet { Queue = "q"u8 });
        peer.Expect(MethodId.BasicGetOk);
        peer.ExpectContent();
        peer.Vanish();
        _broker.Restart();
        AmqpPeer again = _broker.Login();
        again.OpenChannel(1);
        again.Consume(1, "q", "c", noAck: true);

        Assert.True(again.ExpectDelivery("a").Redelivered);
        Assert.False(again.ExpectDelivery("b").Redelivered);
        Assert.False(again.ExpectDelivery("c").Redelivered);
    }

    [Fact]
    public void Content_WithoutPublish_ClosesTheConnectionWith505()
    {
        AmqpPeer peer = Ready();
        byte[] frames = AmqpPeer.PublishFrames(1, "", "q", [1, 2, 3]);
        Assert.Equal(FrameReadStatus.Complete, FrameCodec.TryRead(frames, 131_072, out FrameHeader method));
        peer.SendBytes(frames.AsSpan(method.FrameBytes));

        Assert.Equal(ReplyCode.UnexpectedFrame, peer.ExpectConnectionClose().Code);
    }

    [Fact]
    public void Method_OnAClosedChannel_ClosesTheConnectionWith504()
    {
        AmqpPeer peer = Ready();
        peer.Send(9, new BasicGet { Queue = "q"u8 });

        Assert.Equal("CHANNEL_ERROR - expected 'channel.open'", peer.ExpectConnectionClose().Text);
    }

    [Fact]
    public void ChannelClose_AfterAFailedMethod_NamesTheMethod()
    {
        AmqpPeer peer = Ready();
        peer.Send(1, new BasicAck { DeliveryTag = 5 });

        Assert.Equal(MethodId.BasicAck, peer.ExpectChannelClose(1).Method);
    }

    [Fact]
    public void ConnectionClose_AfterContentThatDoesNotFit_NamesThePublish()
    {
        AmqpPeer peer = Ready();
        byte[] frames = AmqpPeer.PublishFrames(1, "", "q", [1, 2, 3]);
        Assert.Equal(FrameReadStatus.Complete, FrameCodec.TryRead(frames, 131_072, out FrameHeader publish));
        peer.SendBytes(frames.AsSpan(0, publish.FrameBytes));
        peer.Send(1, new BasicGet { Queue = "q"u8 });

        Assert.Equal(MethodId.BasicPublish, peer.ExpectConnectionClose().Method);
    }

    [Theory]
    [InlineData("08 0000 00000001 00 CE", ReplyCode.FrameError)]   // a heartbeat with a payload
    [InlineData("08 0001 00000000 CE", ReplyCode.UnexpectedFrame)] // a heartbeat on a channel
    [InlineData("01 0001 00000001 00 CE", ReplyCode.FrameError)]   // a method frame without numbers
    public void Frame_ThatCannotBeOne_ClosesTheConnection(string hex, ReplyCode expected)
    {
        AmqpPeer peer = Ready();
        peer.SendBytes(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));

        Assert.Equal(expected, peer.ExpectConnectionClose().Code);
    }

    [Fact]
    public void Frame_WithAWrongEnd_ClosesTheConnectionWith501()
    {
        AmqpPeer peer = Ready();
        peer.SendBytes([8, 0, 0, 0, 0, 0, 0, 0xCD]);

        Assert.Equal(ReplyCode.FrameError, peer.ExpectConnectionClose().Code);
    }

    [Fact]
    public void ConnectionClose_AnswersAfterExclusiveQueuesAreGone()
    {
        AmqpPeer peer = Ready();
        peer.DeclareQueue(1, "mine", durable: false, exclusive: true);
        peer.Send(0, new ConnectionClose { ReplyCode = ReplyCode.Success, ReplyText = "bye"u8 });
        peer.Expect(MethodId.ConnectionCloseOk);
        peer.ExpectClosed();

        AmqpPeer other = _broker.Login();
        other.OpenChannel(1);
        other.Send(1, new QueueDeclare { Queue = "mine"u8, Passive = true });
        Assert.Equal("NOT_FOUND - no queue 'mine' in vhost '/'", other.ExpectChannelClose(1).Text);
    }

    [Fact]
    public void Consumers_OnOneQueue_TakeTurns()
    {
        AmqpPeer peer = Ready();
        peer.Consume(1, "q", "a");
        peer.Consume(1, "q", "b");
        peer.Consume(1, "q", "c");
        for (int i = 0; i < 9; i++)
        {
            peer.Publish(1, "q", $"{i}");
        }

        string order = string.Concat(Enumerable.Range(0, 9).Select(_ => peer.ExpectDelivery().ConsumerTag));
        Assert.Equal("abcabcabc", order);
    }

    private AmqpPeer Ready()
    {
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        peer.DeclareQueue(1, "q");
        return peer;
    }
}
