using System.Text;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Security;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>Topic permissions on a connection, and who may publish in another's name.</summary>
public sealed class TopicPermissionTests : IDisposable
{
    private readonly TestBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Fact]
    public void Publish_WithAKeyThatIsNotAllowed_ClosesTheChannel()
    {
        Restrict(write: "^mine", read: ".*");
        AmqpPeer peer = Ready();
        peer.Publish(1, "mine.a", "one", exchange: "amq.topic");
        peer.ExpectDelivery("one");
        peer.Publish(1, "theirs.a", "two", exchange: "amq.topic");

        Assert.Equal(
            (ReplyCode.AccessRefused, "ACCESS_REFUSED - access to topic 'theirs.a' in exchange 'amq.topic' in vhost '/' refused for user 'guest'"),
            CodeAndText(peer.ExpectChannelClose(1)));
    }

    [Fact]
    public void Publish_ToAnExchangeOfAnotherType_IsNotRestricted()
    {
        Assert.True(_broker.Broker.Permissions.Topics.TrySet(new TopicGrant("guest", "/", "amq.direct", "^$", "^$"), out _, out _));
        AmqpPeer peer = Ready();
        peer.Publish(1, "any", "one", exchange: "amq.direct", mandatory: true);

        peer.Expect(MethodId.BasicReturn); // Unroutable, not refused.
    }

    [Fact]
    public void Publish_WithACopyThatIsNotAllowed_ClosesTheChannel()
    {
        Restrict(write: "^mine", read: ".*");
        AmqpPeer peer = Ready();
        byte[] properties = new BasicPropertyValues { Headers = new FieldTable { { "CC", new FieldArray(["theirs.b"]) } } }.ToArray();
        peer.SendBytes(AmqpPeer.PublishFrames(1, new BasicPublish { Exchange = "amq.topic"u8, RoutingKey = "mine.a"u8 }, properties, "x"u8.ToArray()));

        Assert.Contains("topic 'theirs.b'", peer.ExpectChannelClose(1).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Publish_AfterAChange_FollowsItOnTheLiveChannel()
    {
        AmqpPeer peer = Ready();
        peer.Publish(1, "theirs.a", "one", exchange: "amq.topic");
        peer.ExpectDelivery("one");
        Restrict(write: "^mine", read: ".*");
        peer.Publish(1, "theirs.a", "two", exchange: "amq.topic");

        Assert.Equal(ReplyCode.AccessRefused, peer.ExpectChannelClose(1).Code);
    }

    [Fact]
    public void Bind_WithAKeyThatIsNotAllowed_ClosesTheChannel()
    {
        Restrict(write: ".*", read: "^mine");
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        peer.DeclareQueue(1, "q");
        peer.Send(1, new QueueBind { Queue = "q"u8, Exchange = "amq.topic"u8, RoutingKey = "mine.#"u8 });
        peer.Expect(MethodId.QueueBindOk);
        peer.Send(1, new QueueBind { Queue = "q"u8, Exchange = "amq.topic"u8, RoutingKey = "#"u8 });
        Assert.Contains("topic '#'", peer.ExpectChannelClose(1).Text, StringComparison.Ordinal);
        peer.SendBare(1, MethodId.ChannelCloseOk);
        peer.OpenChannel(2);
        peer.Send(2, new ExchangeBind { Destination = "amq.fanout"u8, Source = "amq.topic"u8, RoutingKey = "#"u8 });

        Assert.Equal(ReplyCode.AccessRefused, peer.ExpectChannelClose(2).Code);
    }

    [Theory]
    [InlineData(UserTags.Administrator, false)]
    [InlineData(UserTags.Impersonator, true)]
    public void Publish_WithTheUserIdOfAnother_NeedsTheImpersonatorTag(string tag, bool isAllowed)
    {
        Assert.True(_broker.Broker.Users.TryGetStored("guest", out StoredUser? guest));
        _broker.Broker.Users.Put(new StoredUser(new User("guest", [tag]), guest.Password));
        AmqpPeer peer = Ready();
        byte[] properties = new BasicPropertyValues { UserId = "somebody" }.ToArray();
        peer.SendBytes(AmqpPeer.PublishFrames(1, new BasicPublish { Exchange = "amq.topic"u8, RoutingKey = "a"u8 }, properties, Encoding.UTF8.GetBytes("x")));

        if (isAllowed)
        {
            peer.ExpectDelivery("x");
        }
        else
        {
            Assert.Contains("user_id property set to 'somebody'", peer.ExpectChannelClose(1).Text, StringComparison.Ordinal);
        }
    }

    private static (ReplyCode Code, string Text) CodeAndText(ProtocolError error) => (error.Code, error.Text);

    private AmqpPeer Ready()
    {
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        peer.DeclareQueue(1, "q");
        Assert.NotEqual(0ul, _broker.Broker.VirtualHosts.All.Single().BindQueue("amq.topic", "q", "#", arguments: null, owner: null));
        peer.Consume(1, "q", "c", noAck: true);
        return peer;
    }

    private void Restrict(string write, string read) =>
        Assert.True(_broker.Broker.Permissions.Topics.TrySet(new TopicGrant("guest", "/", "amq.topic", write, read), out _, out _));
}
