using System.Text;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Protocols.Amqp091.Session;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>tx.select, tx.commit, tx.rollback; the texts and orders are what RabbitMQ 3.10 answered.</summary>
public sealed class TransactionTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly TestBroker _broker;

    public TransactionTests() => _broker = new TestBroker(time: _time);

    public void Dispose() => _broker.Dispose();

    [Fact]
    public void Publish_BeforeCommit_IsSeenByNobody()
    {
        AmqpPeer peer = Transactional();
        AmqpPeer consumer = Ready();
        consumer.Consume(1, "q", "c", noAck: true);
        peer.Publish(1, "q", "one");
        peer.Publish(1, "q", "two");
        peer.ExpectNothingMore(1);
        consumer.ExpectSilence();

        Commit(peer);
        consumer.ExpectDelivery("one");
        consumer.ExpectDelivery("two");
    }

    [Fact]
    public void Acknowledge_MessageOfAGroup_HoldsTheGroupUntilTheCommit()
    {
        AmqpPeer peer = Transactional();
        peer.Send(1, new QueueDeclare { Queue = "g"u8, Durable = true, Arguments = FieldTableCodec.ToArray(new FieldTable { ["x-message-groups"] = true }) });
        peer.Expect(MethodId.QueueDeclareOk);
        byte[] properties = new BasicPropertyValues { Headers = new FieldTable { ["x-group-id"] = "a" } }.ToArray();
        AmqpPeer other = Ready();
        other.SendBytes(AmqpPeer.PublishFrames(1, new BasicPublish { RoutingKey = "g"u8 }, properties, [.. "one"u8]));
        other.SendBytes(AmqpPeer.PublishFrames(1, new BasicPublish { RoutingKey = "g"u8 }, properties, [.. "two"u8]));
        peer.Send(1, new BasicQos { PrefetchCount = 1 });
        peer.Expect(MethodId.BasicQosOk);
        peer.Consume(1, "g", "c");
        peer.ExpectDelivery("one");
        peer.Send(1, new BasicCancel { ConsumerTag = "c"u8 });
        peer.Expect(MethodId.BasicCancelOk);
        other.Consume(1, "g", "c");

        peer.Send(1, new BasicAck { DeliveryTag = 1 });
        peer.ExpectNothingMore(1);
        other.ExpectSilence();
        Commit(peer);

        other.ExpectDelivery("two");
    }

    [Fact]
    public void Commit_WaitsUntilItIsDurable()
    {
        AmqpPeer peer = Transactional();
        peer.Publish(1, "q", "one");
        using (_broker.HoldCommits())
        {
            peer.SendBare(1, MethodId.TxCommit);
            peer.ExpectSilence();
        }

        peer.Expect(MethodId.TxCommitOk, 1);
    }

    [Fact]
    public void Restart_KeepsWhatWasCommittedAndNothingElse()
    {
        Fill("taken", "kept");
        AmqpPeer peer = Transactional();
        peer.Consume(1, "q", "c");
        peer.ExpectDelivery("taken");
        peer.ExpectDelivery("kept");
        peer.Send(1, new BasicCancel { ConsumerTag = "c"u8 });
        peer.Expect(MethodId.BasicCancelOk);
        peer.Send(1, new BasicAck { DeliveryTag = 1 });
        peer.Publish(1, "q", "committed");
        Commit(peer);
        peer.Send(1, new BasicAck { DeliveryTag = 2 });
        peer.Publish(1, "q", "not committed");
        peer.Vanish();
        _broker.Restart();
        Assert.Equal(["kept", "committed"], GetAll("q"));
    }

    [Fact]
    public void Publish_WithExpiration_LivesFromTheCommitOn()
    {
        byte[] properties = [0x11, 0x00, 2, 5, .. "10000"u8]; // Persistent, ten seconds.
        AmqpPeer peer = Transactional();
        peer.SendBytes(AmqpPeer.PublishFrames(1, new BasicPublish { RoutingKey = "q"u8 }, properties, "waited"u8.ToArray()));
        peer.ExpectNothingMore(1);
        _time.Advance(11);
        Commit(peer);
        Assert.Equal(["waited"], GetAll("q"));

        peer.SendBytes(AmqpPeer.PublishFrames(1, new BasicPublish { RoutingKey = "q"u8 }, properties, "expired"u8.ToArray()));
        Commit(peer);
        _time.Advance(11);
        Assert.Empty(GetAll("q"));
    }

    [Fact]
    public void Commit_SeveralTimes_CommitsEachPartOnce()
    {
        AmqpPeer peer = Transactional();
        peer.DeclareQueue(1, "r");
        peer.Publish(1, "q", "one");
        Commit(peer);
        Commit(peer);
        peer.Publish(1, "r", "two");
        peer.Publish(1, "q", "three");
        Commit(peer);

        Assert.Equal(["one", "three"], GetAll("q"));
        Assert.Equal(["two"], GetAll("r"));
    }

    [Fact]
    public void Commit_MoreMessagesThanASlice_KeepsTheirOrder()
    {
        AmqpPeer peer = Transactional();
        for (int i = 0; i < 700; i++)
        {
            peer.Publish(1, "q", $"{i}");
        }

        Commit(peer);
        Assert.Equal(Enumerable.Range(0, 700).Select(i => $"{i}"), GetAll("q"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(40_000)]
    [InlineData(120_000)]
    [InlineData(1_500_000)]
    public void Commit_BodyOfAnyLength_ArrivesIntact(int bodyBytes)
    {
        byte[] body = new byte[bodyBytes];
        System.Security.Cryptography.RandomNumberGenerator.Fill(body);
        AmqpPeer peer = Transactional();
        peer.DeclareQueue(1, "r");
        peer.SendBytes(AmqpPeer.PublishFrames(1, "", "q", body));
        peer.SendBytes(AmqpPeer.PublishFrames(1, "", "r", body, mandatory: true));
        Commit(peer);
        AmqpPeer consumer = Ready();
        foreach (string queue in (string[])["q", "r"])
        {
            consumer.Consume(1, queue, queue, noAck: true);
            Assert.Equal(body, consumer.ExpectDelivery().Body);
        }
    }

    [Fact]
    public void Rollback_DropsPublishesAndGivesAcknowledgementsBack()
    {
        Fill("one", "two", "three");
        AmqpPeer peer = Transactional();
        peer.Consume(1, "q", "c");
        peer.ExpectDelivery("one");
        peer.ExpectDelivery("two");
        peer.ExpectDelivery("three");
        peer.Send(1, new BasicAck { DeliveryTag = 2 });
        peer.Send(1, new BasicReject { DeliveryTag = 3, Requeue = true });
        peer.Publish(1, "q", "never");
        peer.SendBare(1, MethodId.TxRollback);
        peer.Expect(MethodId.TxRollbackOk, 1);
        peer.ExpectSilence();

        peer.Send(1, new BasicAck { DeliveryTag = 3, Multiple = true }); // All three are unacknowledged again.
        Commit(peer);
        peer.Send(1, new BasicRecover { Requeue = true });
        peer.Expect(MethodId.BasicRecoverOk, 1);
        peer.Vanish();
        Assert.Empty(GetAll("q"));
    }

    [Fact]
    public void Acknowledgement_BeforeCommit_GivesNoCredit()
    {
        Fill("one", "two", "three");
        AmqpPeer peer = Transactional();
        peer.Send(1, new BasicQos { PrefetchCount = 2 });
        peer.Expect(MethodId.BasicQosOk);
        peer.Consume(1, "q", "c");
        peer.ExpectDelivery("one");
        peer.ExpectDelivery("two");
        peer.Send(1, new BasicAck { DeliveryTag = 1 });
        peer.ExpectSilence();

        peer.SendBare(1, MethodId.TxCommit);
        peer.ExpectDelivery("three");
        peer.Expect(MethodId.TxCommitOk, 1);
    }

    [Fact]
    public void Acknowledgement_Twice_IsUnknownAlsoBeforeTheCommit()
    {
        Fill("one");
        AmqpPeer peer = Transactional();
        peer.Consume(1, "q", "c");
        peer.ExpectDelivery("one");
        peer.Send(1, new BasicAck { DeliveryTag = 1 });
        peer.Send(1, new BasicAck { DeliveryTag = 1 });
        Assert.Equal("PRECONDITION_FAILED - unknown delivery tag 1", peer.ExpectChannelClose(1).Text);
        Assert.Equal(["one"], GetAll("q")); // The channel's end is no commit.
    }

    [Fact]
    public void Requeue_AtCommit_ReturnsTheMessage()
    {
        Fill("one");
        AmqpPeer peer = Transactional();
        peer.Consume(1, "q", "c");
        peer.ExpectDelivery("one");
        peer.Send(1, new BasicReject { DeliveryTag = 1, Requeue = true });
        peer.ExpectSilence();

        peer.SendBare(1, MethodId.TxCommit);
        Assert.True(peer.ExpectDelivery("one").Redelivered);
        peer.Expect(MethodId.TxCommitOk, 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Reject_AtCommit_DeadLettersOrDrops(bool deadLetters)
    {
        AmqpPeer peer = Transactional();
        FieldTable arguments = deadLetters ? new FieldTable { { "x-dead-letter-exchange", "" }, { "x-dead-letter-routing-key", "q" } } : [];
        peer.Send(1, new QueueDeclare { Queue = "source"u8, Durable = true, Arguments = FieldTableCodec.ToArray(arguments) });
        peer.Expect(MethodId.QueueDeclareOk);
        peer.Publish(1, "source", "refused");
        Commit(peer);
        peer.Consume(1, "source", "c");
        PeerDelivery delivery = peer.ExpectDelivery("refused");
        AmqpPeer consumer = Ready();
        consumer.Consume(1, "q", "dead", noAck: true);
        peer.Send(1, new BasicReject { DeliveryTag = delivery.DeliveryTag });
        peer.ExpectNothingMore(1);
        consumer.ExpectSilence();

        Commit(peer);
        if (deadLetters)
        {
            consumer.ExpectDelivery("refused");
        }

        consumer.ExpectNothingMore(1);
        peer.Vanish();
        Assert.Empty(GetAll("source"));
    }

    [Fact]
    public void Mandatory_ThatNoQueueTakes_IsReturnedAtCommitBeforeItsAnswer()
    {
        AmqpPeer peer = Transactional();
        peer.Publish(1, "nowhere", "lost", mandatory: true);
        peer.Publish(1, "nowhere", "lost in silence");
        peer.ExpectSilence();
        peer.SendBare(1, MethodId.TxCommit);
        ExpectReturn(peer, "nowhere", "lost");
        peer.Expect(MethodId.TxCommitOk, 1);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(1_500_000)]
    public void QueueDeleted_BeforeCommit_LosesOrReturnsTheMessage(int bodyBytes)
    {
        AmqpPeer peer = Transactional();
        peer.DeclareQueue(1, "r");
        peer.Send(1, new QueueBind { Queue = "q"u8, Exchange = "amq.fanout"u8 });
        peer.Expect(MethodId.QueueBindOk);
        peer.Send(1, new QueueBind { Queue = "r"u8, Exchange = "amq.fanout"u8 });
        peer.Expect(MethodId.QueueBindOk);
        string body = new('b', bodyBytes);
        peer.Publish(1, "r", body, mandatory: true);
        peer.Publish(1, "", "to both", exchange: "amq.fanout", mandatory: true);
        peer.Send(1, new QueueDelete { Queue = "r"u8 });
        peer.Expect(MethodId.QueueDeleteOk);
        peer.DeclareQueue(1, "r"); // A new one of the same name is another queue.
        peer.SendBare(1, MethodId.TxCommit);
        ExpectReturn(peer, "r", body);
        peer.Expect(MethodId.TxCommitOk, 1);
        Assert.Equal(["to both"], GetAll("q"));
        Assert.Empty(GetAll("r"));
    }

    [Fact]
    public void Commit_QueueWithALength_DropsNoMoreThanIsTooMuch()
    {
        AmqpPeer peer = Transactional();
        DeclareLimited(peer, "drop-head");
        foreach (string body in (string[])["a", "b", "c", "d"])
        {
            peer.Publish(1, "limited", body);
        }

        Commit(peer); // Of four the first goes.
        peer.Consume(1, "limited", "c");
        peer.ExpectDelivery("b");
        peer.ExpectDelivery("c");
        ulong last = peer.ExpectDelivery("d").DeliveryTag;
        peer.Send(1, new BasicCancel { ConsumerTag = "c"u8 });
        peer.Expect(MethodId.BasicCancelOk);
        peer.Send(1, new BasicAck { DeliveryTag = last, Multiple = true });
        peer.Publish(1, "limited", "e");
        peer.Publish(1, "limited", "f");
        peer.Publish(1, "limited", "g");
        Commit(peer); // What is acknowledged in it does not count.

        Assert.Equal(["e", "f", "g"], GetAll("limited"));
    }

    [Theory]
    [InlineData("reject-publish")]
    [InlineData("reject-publish-dlx")]
    public void Commit_FullQueueRefusesAMessage_TheRestIsDoneAndTheChannelCloses(string overflow)
    {
        Fill("acknowledged");
        AmqpPeer peer = Transactional();
        DeclareLimited(peer, overflow);
        peer.Consume(1, "q", "c");
        peer.ExpectDelivery("acknowledged");
        peer.Send(1, new BasicAck { DeliveryTag = 1 });
        foreach (string body in (string[])["a", "b", "c", "d", "e"])
        {
            peer.Publish(1, "limited", body);
        }

        peer.Publish(1, "r", "other");
        peer.SendBare(1, MethodId.TxCommit);

        var expected = new ProtocolError(ReplyCode.PreconditionFailed, "PRECONDITION_FAILED - partial tx completion", MethodId.TxCommit);
        Assert.Equal(expected, peer.ExpectChannelClose(1));
        Assert.Equal(["a", "b", "c"], GetAll("limited"));
        Assert.Equal(overflow == "reject-publish" ? ["other"] : ["other", "d", "e"], GetAll("r"));
        Assert.Empty(GetAll("q"));
    }

    [Fact]
    public void Channel_ThatEndsBeforeCommit_LeavesNothing()
    {
        AmqpPeer peer = Transactional();
        peer.Publish(1, "q", "never");
        peer.Publish(1, "q", new string('n', 1_500_000));
        peer.Send(1, new ChannelClose { ReplyCode = ReplyCode.Success });
        peer.Expect(MethodId.ChannelCloseOk, 1);
        Assert.Empty(GetAll("q"));
    }

    [Fact]
    public void Publish_ToUnknownExchange_ClosesTheChannelBeforeAnyCommit()
    {
        AmqpPeer peer = Transactional();
        peer.Publish(1, "k", "x", exchange: "nowhere");
        Assert.Equal(ReplyCode.NotFound, peer.ExpectChannelClose(1).Code);
    }

    [Fact]
    public void DirectReply_LeavesAtCommit()
    {
        AmqpPeer requester = Ready();
        requester.Send(1, new BasicConsume { Queue = ReplyAddress.PseudoQueue, ConsumerTag = "replies"u8, NoAck = true });
        requester.Expect(MethodId.BasicConsumeOk);
        requester.SendBytes(AmqpPeer.PublishFrames(1, new BasicPublish { RoutingKey = "q"u8 }, new BasicPropertyValues { ReplyTo = "amq.rabbitmq.reply-to" }.ToArray(), [1]));
        AmqpPeer server = Transactional();
        server.Consume(1, "q", "c", noAck: true);
        server.ExpectDelivery();
        Assert.True(BasicProperties.TryRead(server.LastProperties, out BasicProperties properties));
        server.Publish(1, Encoding.UTF8.GetString(properties.ReplyTo), "answer", mandatory: true);
        server.ExpectNothingMore(1);
        requester.ExpectSilence();

        Commit(server);
        requester.ExpectDelivery("answer");
    }

    [Fact]
    public void Transaction_WithTooManyTargets_IsRefused()
    {
        const int QueueCount = 2_000;
        VirtualHost host = _broker.Broker.VirtualHosts.All.Single();
        AmqpPeer peer = Transactional();
        for (int n = 0; n < QueueCount; n++)
        {
            string name = $"target-{n}";
            host.DeclareQueue(new QueueSettings(name, Durable: false, Exclusive: false, AutoDelete: false, Arguments: null, Owner: null));
            host.BindQueue("amq.headers", name, string.Empty, new FieldTable { ["x-match"] = "all" }, owner: null);
        }

        for (int n = 0; n < (Transaction.BytesMax / (QueueCount * IntPtr.Size)) + 1; n++)
        {
            peer.Publish(1, "k", "x", exchange: "amq.headers");
        }

        Assert.Equal(ReplyCode.PreconditionFailed, peer.ExpectChannelClose(1).Code);
    }

    [Fact]
    public void Transaction_ThatHoldsTooMuch_IsRefused()
    {
        AmqpPeer peer = Transactional();
        byte[] frames = AmqpPeer.PublishFrames(1, "", "q", new byte[900_000]);
        for (int i = 0; i < 200 && !peer.HasOutput; i++)
        {
            peer.SendBytes(frames);
        }

        Assert.Equal("PRECONDITION_FAILED - the open transactions of this connection hold more than 134217728 bytes; commit more often", peer.ExpectChannelClose(1).Text);
        peer.SendBare(1, MethodId.ChannelCloseOk);
        peer.OpenChannel(1);
        peer.SendBare(1, MethodId.TxSelect);
        peer.Expect(MethodId.TxSelectOk);
        peer.Publish(1, "q", "fits");
        Commit(peer);
        Assert.Equal(["fits"], GetAll("q"));
    }

    [Theory]
    [InlineData(MethodId.TxCommit)]
    [InlineData(MethodId.TxRollback)]
    public void Method_WithoutSelect_IsRefused(MethodId method)
    {
        AmqpPeer peer = Ready();
        peer.SendBare(1, method);
        Assert.Equal(new ProtocolError(ReplyCode.PreconditionFailed, "PRECONDITION_FAILED - channel is not transactional", method), peer.ExpectChannelClose(1));
    }

    [Fact]
    public void Modes_CannotBeSwitched()
    {
        AmqpPeer peer = Transactional();
        peer.SendBare(1, MethodId.TxSelect); // Again is fine.
        peer.Expect(MethodId.TxSelectOk);
        peer.Send(1, default(ConfirmSelect));
        Assert.Equal("PRECONDITION_FAILED - cannot switch from tx to confirm mode", peer.ExpectChannelClose(1).Text);
        peer.OpenChannel(2);
        peer.Send(2, default(ConfirmSelect));
        peer.Expect(MethodId.ConfirmSelectOk);
        peer.SendBare(2, MethodId.TxSelect);
        Assert.Equal("PRECONDITION_FAILED - cannot switch from confirm to tx mode", peer.ExpectChannelClose(2).Text);
    }

    private static void Commit(AmqpPeer peer)
    {
        peer.SendBare(1, MethodId.TxCommit);
        peer.Expect(MethodId.TxCommitOk, 1);
    }

    private static void ExpectReturn(AmqpPeer peer, string routingKey, string body)
    {
        Assert.True(BasicReturn.TryRead(peer.Expect(MethodId.BasicReturn, 1), out BasicReturn returned));
        Assert.Equal((ReplyCode.NoRoute, routingKey), (returned.ReplyCode, Encoding.UTF8.GetString(returned.RoutingKey)));
        Assert.Equal(body, Encoding.UTF8.GetString(peer.ExpectContent()));
    }

    private void Fill(params string[] bodies)
    {
        AmqpPeer peer = Ready();
        foreach (string body in bodies)
        {
            peer.Publish(1, "q", body);
        }

        peer.ExpectNothingMore(1);
    }

    private List<string> GetAll(string queue)
    {
        AmqpPeer peer = Ready();
        var bodies = new List<string>();
        while (true)
        {
            peer.Send(1, new BasicGet { Queue = Encoding.UTF8.GetBytes(queue), NoAck = true });
            if (peer.ExpectMethod() != MethodId.BasicGetOk)
            {
                return bodies;
            }

            bodies.Add(Encoding.UTF8.GetString(peer.ExpectContent()));
        }
    }

    /// <summary>A queue of three messages, and one for what it gives away.</summary>
    private static void DeclareLimited(AmqpPeer peer, string overflow)
    {
        peer.DeclareQueue(1, "r");
        var arguments = new FieldTable { ["x-max-length"] = 3, ["x-overflow"] = overflow };
        if (overflow == "reject-publish-dlx")
        {
            arguments["x-dead-letter-exchange"] = string.Empty;
            arguments["x-dead-letter-routing-key"] = "r";
        }

        peer.Send(1, new QueueDeclare { Queue = "limited"u8, Durable = true, Arguments = FieldTableCodec.ToArray(arguments) });
        peer.Expect(MethodId.QueueDeclareOk);
    }

    private AmqpPeer Transactional()
    {
        AmqpPeer peer = Ready();
        peer.SendBare(1, MethodId.TxSelect);
        peer.Expect(MethodId.TxSelectOk, 1);
        return peer;
    }

    private AmqpPeer Ready()
    {
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        peer.DeclareQueue(1, "q");
        return peer;
    }
}
