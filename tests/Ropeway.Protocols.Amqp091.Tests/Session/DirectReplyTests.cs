using System.Text;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Security;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>Requests and direct replies (amq.rabbitmq.reply-to); the texts are what RabbitMQ 3.10 answered.</summary>
public sealed class DirectReplyTests : IDisposable
{
    private const string PseudoQueue = "amq.rabbitmq.reply-to";

    private readonly TestBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(200_000)]
    [InlineData(2_000_000)]
    public void Reply_OfAnyLength_ReachesTheRequester(int bodyBytes)
    {
        AmqpPeer requester = Requester();
        AmqpPeer server = Server();
        string address = Request(requester, server);
        byte[] body = new byte[bodyBytes];
        System.Security.Cryptography.RandomNumberGenerator.Fill(body);
        server.SendBytes(AmqpPeer.PublishFrames(1, new BasicPublish { RoutingKey = Encoding.UTF8.GetBytes(address), Mandatory = true }, new BasicPropertyValues { CorrelationId = "77" }.ToArray(), body));

        PeerDelivery reply = requester.ExpectDelivery();
        Assert.Equal(("replies", "", address), (reply.ConsumerTag, reply.Exchange, reply.RoutingKey));
        Assert.Equal(body, reply.Body);
        Assert.True(BasicProperties.TryRead(requester.LastProperties, out BasicProperties properties));
        Assert.Equal("77", Encoding.UTF8.GetString(properties.CorrelationId));
        server.ExpectNothingMore(1);
    }

    [Fact]
    public void Request_KeepsItsOtherProperties()
    {
        AmqpPeer requester = Requester();
        AmqpPeer server = Server();
        var values = new BasicPropertyValues
        {
            ContentType = "text/plain",
            Headers = new FieldTable { { "h", 1 } },
            CorrelationId = "1",
            ReplyTo = PseudoQueue,
            Expiration = "60000",
            AppId = "app",
        };
        requester.SendBytes(AmqpPeer.PublishFrames(1, new BasicPublish { RoutingKey = "requests"u8 }, values.ToArray(), "question"u8.ToArray()));
        server.ExpectDelivery("question");

        Assert.True(BasicProperties.TryRead(server.LastProperties, out BasicProperties got));
        Assert.Equal("text/plain", Encoding.UTF8.GetString(got.ContentType));
        Assert.Equal(FieldTableCodec.ToArray(values.Headers), got.Headers.ToArray());
        Assert.Equal("1 60000 app", $"{Encoding.UTF8.GetString(got.CorrelationId)} {Encoding.UTF8.GetString(got.Expiration)} {Encoding.UTF8.GetString(got.AppId)}");
        Assert.StartsWith(PseudoQueue + ".", Encoding.UTF8.GetString(got.ReplyTo), StringComparison.Ordinal);
    }

    [Fact]
    public void Request_CutAtEveryByte_ArrivesIntact()
    {
        AmqpPeer requester = Requester();
        AmqpPeer server = Server();
        byte[] frames = RequestFrames("a question of some length");
        for (int cut = 0; cut <= frames.Length; cut++)
        {
            requester.SendBytes(frames.AsSpan(0, cut));
            requester.SendBytes(frames.AsSpan(cut));
            server.ExpectDelivery("a question of some length");
            Assert.StartsWith(PseudoQueue + ".", ReplyTo(server), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Addresses_AreNeverTheSame()
    {
        AmqpPeer server = Server();
        var addresses = new HashSet<string>();
        for (int i = 0; i < 10; i++)
        {
            Assert.True(addresses.Add(Request(Requester(), server)));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Reply_WhenTheRequesterIsGone_IsReturnedOnlyIfMandatory(bool mandatory)
    {
        AmqpPeer requester = Requester();
        AmqpPeer server = Server();
        string address = Request(requester, server);
        requester.Vanish();
        server.Publish(1, address, "late", mandatory: mandatory);
        if (mandatory)
        {
            Assert.True(BasicReturn.TryRead(server.Expect(MethodId.BasicReturn), out BasicReturn returned));
            Assert.Equal((ReplyCode.NoRoute, address), (returned.ReplyCode, Encoding.UTF8.GetString(returned.RoutingKey)));
            server.ExpectContent();
        }

        server.ExpectNothingMore(1);
    }

    [Fact]
    public void Reply_AfterCancelOrChannelClose_IsNotDelivered()
    {
        AmqpPeer requester = Requester();
        AmqpPeer server = Server();
        string address = Request(requester, server);
        requester.Send(1, new BasicCancel { ConsumerTag = "replies"u8 });
        requester.Expect(MethodId.BasicCancelOk);
        server.Publish(1, address, "late");
        requester.ExpectNothingMore(1);

        ConsumeReplies(requester, "again");
        string other = Request(requester, server);
        Assert.NotEqual(address, other);
        requester.Send(1, new ChannelClose { ReplyCode = ReplyCode.Success });
        requester.Expect(MethodId.ChannelCloseOk);
        server.Publish(1, other, "late");
        requester.OpenChannel(1);
    }

    [Fact]
    public void Declare_OfAnAddress_TellsWhetherTheRequesterWaits()
    {
        AmqpPeer requester = Requester();
        AmqpPeer server = Server();
        string address = Request(requester, server);
        foreach (string name in (string[])[address, PseudoQueue])
        {
            foreach (bool passive in (bool[])[true, false])
            {
                server.Send(1, new QueueDeclare { Queue = Encoding.UTF8.GetBytes(name), Passive = passive });
                Assert.True(QueueDeclareOk.TryRead(server.Expect(MethodId.QueueDeclareOk), out QueueDeclareOk ok));
                Assert.Equal((name, 0u, 1u), (Encoding.UTF8.GetString(ok.Queue), ok.MessageCount, ok.ConsumerCount));
            }
        }

        requester.Vanish();
        server.Send(1, new QueueDeclare { Queue = Encoding.UTF8.GetBytes(address), Passive = true });
        Assert.Equal($"NOT_FOUND - no queue '{address}' in vhost '/'", server.ExpectChannelClose(1).Text);
    }

    public static TheoryData<string, byte[], string> Refused() => new()
    {
        { "with acknowledgements", ConsumeFrame("c", noAck: false), "PRECONDITION_FAILED - reply consumer cannot acknowledge" },
        { "a second time", [.. ConsumeFrame("c"), .. ConsumeFrame("d")], "PRECONDITION_FAILED - reply consumer already set" },
        { "a request without consumer", RequestFrames("x"), "PRECONDITION_FAILED - fast reply consumer does not exist" },
        { "declare of a made-up address", AmqpPeer.Frame(1, new QueueDeclare { Queue = "amq.rabbitmq.reply-to.bogus"u8 }), "NOT_FOUND - no queue 'amq.rabbitmq.reply-to.bogus' in vhost '/'" },
        { "get", AmqpPeer.Frame(1, new BasicGet { Queue = "amq.rabbitmq.reply-to"u8 }), "NOT_FOUND - no queue 'amq.rabbitmq.reply-to' in vhost '/'" },
        { "bind", AmqpPeer.Frame(1, new QueueBind { Queue = "amq.rabbitmq.reply-to"u8, Exchange = "amq.direct"u8, RoutingKey = "k"u8 }), "NOT_FOUND - no queue 'amq.rabbitmq.reply-to' in vhost '/'" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_CannotBeDone_ClosesTheChannel(string what, byte[] frames, string text)
    {
        Assert.NotEmpty(what);
        AmqpPeer peer = Ready();
        peer.SendBytes(frames);
        if (text.EndsWith("already set", StringComparison.Ordinal))
        {
            peer.Expect(MethodId.BasicConsumeOk);
        }

        Assert.Equal(text, peer.ExpectChannelClose(1).Text);
    }

    [Fact]
    public void Consume_TagInUse_IsNotAllowed()
    {
        AmqpPeer peer = Ready();
        peer.DeclareQueue(1, "q");
        peer.Consume(1, "q", "c");
        peer.SendBytes(ConsumeFrame("c"));
        Assert.Equal("NOT_ALLOWED - attempt to reuse consumer tag 'c'", peer.ExpectConnectionClose().Text);
    }

    [Theory]
    [InlineData("amq.rabbitmq.reply-to")]
    [InlineData("amq.rabbitmq.reply-to.bogus")]
    [InlineData("amq.rabbitmq.reply-to.AAAAAAAAAAAAAAAAAAAAAA")]
    public void Publish_ToANameThatNobodyWaitsFor_IsUnroutable(string name)
    {
        AmqpPeer peer = Requester();
        peer.Publish(1, name, "guess", mandatory: true);
        peer.Expect(MethodId.BasicReturn);
        Assert.Equal("guess", Encoding.UTF8.GetString(peer.ExpectContent()));
    }

    [Fact]
    public void Publish_ToAnAddressThroughAnotherExchange_IsUnroutable()
    {
        AmqpPeer requester = Requester();
        AmqpPeer server = Server();
        string address = Request(requester, server);
        server.Publish(1, address, "wrong way", exchange: "amq.direct", mandatory: true);
        server.Expect(MethodId.BasicReturn);
    }

    [Fact]
    public void Reply_WithoutPermissionToWrite_IsRefused()
    {
        AmqpPeer requester = Requester();
        AmqpPeer server = Server();
        string address = Request(requester, server);
        _broker.Permit(configure: ".*", write: "^$a", read: ".*");
        server.Publish(1, address, "not allowed");
        Assert.Equal(ReplyCode.AccessRefused, server.ExpectChannelClose(1).Code);
        requester.ExpectNothingMore(1);
    }

    [Fact]
    public void Replies_ToAConnectionThatDoesNotRead_AreBounded()
    {
        AmqpPeer requester = Requester();
        AmqpPeer server = Server();
        string address = Request(requester, server);
        requester.Connection.HoldsOutput = true;
        int taken = 0;
        while (true)
        {
            Assert.True(taken <= 40, "Replies pile up without bound.");
            server.SendBytes(AmqpPeer.PublishFrames(1, "", address, new byte[1_000_000], mandatory: true));
            server.Send(1, new BasicQos { PrefetchCount = 0 });
            if (server.ExpectMethod() != MethodId.BasicQosOk)
            {
                break; // Returned.
            }

            taken++;
        }

        Assert.True(taken >= 16, $"Only {taken} replies of 1 MB were taken.");
    }

    [Fact]
    public void Confirm_OfAReply_ComesAtOnce()
    {
        AmqpPeer requester = Requester();
        AmqpPeer server = Server();
        string address = Request(requester, server);
        server.Send(1, default(ConfirmSelect));
        server.Expect(MethodId.ConfirmSelectOk);
        server.Publish(1, address, "reply");
        server.Expect(MethodId.BasicAck);
        requester.ExpectDelivery("reply");
    }

    private static byte[] ConsumeFrame(string tag, bool noAck = true) =>
        AmqpPeer.Frame(1, new BasicConsume { Queue = Encoding.UTF8.GetBytes(PseudoQueue), ConsumerTag = Encoding.UTF8.GetBytes(tag), NoAck = noAck });

    private static byte[] RequestFrames(string body)
    {
        byte[] properties = new BasicPropertyValues { ReplyTo = PseudoQueue }.ToArray();
        return AmqpPeer.PublishFrames(1, new BasicPublish { RoutingKey = "requests"u8 }, properties, Encoding.UTF8.GetBytes(body));
    }

    private static void ConsumeReplies(AmqpPeer peer, string tag)
    {
        peer.SendBytes(ConsumeFrame(tag));
        peer.Expect(MethodId.BasicConsumeOk, 1);
    }

    private static string ReplyTo(AmqpPeer peer)
    {
        Assert.True(BasicProperties.TryRead(peer.LastProperties, out BasicProperties properties));
        return Encoding.UTF8.GetString(properties.ReplyTo);
    }

    /// <summary>Sends a request; gives the address that the server sees.</summary>
    private static string Request(AmqpPeer requester, AmqpPeer server)
    {
        requester.SendBytes(RequestFrames("question"));
        server.ExpectDelivery("question");
        return ReplyTo(server);
    }

    private AmqpPeer Requester()
    {
        AmqpPeer peer = Ready();
        ConsumeReplies(peer, "replies");
        return peer;
    }

    private AmqpPeer Server()
    {
        AmqpPeer peer = Ready();
        peer.DeclareQueue(1, "requests");
        peer.Consume(1, "requests", "server", noAck: true);
        return peer;
    }

    private AmqpPeer Ready()
    {
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        return peer;
    }
}
