using Ropeway.Core;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>What management sees of a connection, and how it ends one.</summary>
public sealed class OperatorCloseTests : IDisposable
{
    private readonly TestBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Fact]
    public void Entries_OfAnOpenConnection_DescribeIt()
    {
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);

        ConnectionEntry entry = Assert.Single(_broker.Broker.Connections.Entries);
        Assert.Equal("127.0.0.1:50000 -> 127.0.0.1:5672", entry.Name);
        Assert.Equal(("AMQP 0-9-1", "guest", "/", "PLAIN"), (entry.Protocol, entry.User, entry.VirtualHost, entry.Mechanism));
        Assert.Equal(("running", 1), (entry.Connection.State, entry.Connection.ChannelCount));
        Assert.True(FieldTableCodec.TryRead(entry.ClientProperties.Span, out FieldTable? properties, out _));
        Assert.True(properties.Contains("capabilities"));
    }

    [Fact]
    public void ListChannels_OfAnOpenConnection_DescribesThemAndTheirConsumers()
    {
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        peer.OpenChannel(2);
        peer.DeclareQueue(2, "q");
        peer.Send(2, new BasicQos { PrefetchCount = 7 });
        peer.Expect(MethodId.BasicQosOk);
        peer.Send(2, new BasicConsume { Queue = "q"u8, ConsumerTag = "tag"u8, Arguments = FieldTableCodec.ToArray(new FieldTable { ["x-priority"] = 3 }) });
        peer.Expect(MethodId.BasicConsumeOk);
        peer.Publish(2, "q", "held");
        peer.ExpectDelivery("held");
        peer.Send(2, default(ConfirmSelect));
        peer.Expect(MethodId.ConfirmSelectOk);

        IReadOnlyList<OpenChannel> channels = Assert.Single(_broker.Broker.Connections.Entries).Connection.ListChannels();
        Assert.Equal([1, 2], channels.Select(channel => channel.Number).Order());
        OpenChannel second = channels.Single(channel => channel.Number == 2);
        Assert.Equal(("running", true, false, 7, 0, 1), (second.State, second.IsConfirming, second.IsTransactional, second.ConsumerPrefetch, second.SharedPrefetch, second.UnackedCount));
        Assert.Equal([0, 1], channels.OrderBy(channel => channel.Number).Select(channel => channel.DeliveredCount));
        OpenConsumer consumer = Assert.Single(second.Consumers);
        Assert.Equal(("tag", 7, "q"), (consumer.Tag, consumer.Prefetch, consumer.Consumer.Queue.Name));
        Assert.Equal(3, consumer.Arguments!["x-priority"]);

        peer.Send(2, new ChannelClose { ReplyText = ""u8 });
        peer.WaitUntil(() => _broker.Broker.Connections.Entries.Single().Connection.ListChannels().Count == 1, "the channel is forgotten");
    }

    [Fact]
    public void ListChannels_CountsPublishesThatWaitForTheirConfirm()
    {
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        peer.DeclareQueue(1, "q");
        peer.Send(1, default(ConfirmSelect));
        peer.Expect(MethodId.ConfirmSelectOk);
        using (_broker.HoldCommits())
        {
            peer.Publish(1, "q", "one");
            peer.Publish(1, "q", "two");
            Assert.Equal(2, TheChannel().UnconfirmedCount);
        }

        peer.WaitUntil(() => TheChannel().UnconfirmedCount == 0, "both are confirmed");
    }

    [Fact]
    public void ListChannels_CountsWhatWaitsForTheCommitOfATransaction()
    {
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        peer.DeclareQueue(1, "q");
        peer.Publish(1, "q", "held");
        peer.Consume(1, "q", "tag");
        peer.ExpectDelivery("held");
        peer.SendBare(1, MethodId.TxSelect);
        peer.Expect(MethodId.TxSelectOk, 1);
        peer.Publish(1, "nowhere", "one");
        peer.Publish(1, "nowhere", "two");
        peer.Send(1, new BasicAck { DeliveryTag = 1 });
        Assert.Equal((2, 1), (TheChannel().UncommittedCount, TheChannel().UncommittedAckCount));

        peer.SendBare(1, MethodId.TxCommit);
        peer.Expect(MethodId.TxCommitOk, 1);
        Assert.Equal((0, 0), (TheChannel().UncommittedCount, TheChannel().UncommittedAckCount));
    }

    [Fact]
    public void Entries_TellWhatWasAgreedOnAndWhatWentOverThem()
    {
        AmqpPeer peer = _broker.Login();
        ConnectionEntry entry = Assert.Single(_broker.Broker.Connections.Entries);
        Assert.Equal((2047, 131_072, 60), (entry.ChannelMax, entry.FrameBytesMax, entry.HeartbeatSeconds));
        ConnectionTraffic before = entry.Connection.Traffic;

        peer.OpenChannel(1);

        ConnectionTraffic after = entry.Connection.Traffic;
        Assert.Equal((13, 1), (after.ReceivedBytes - before.ReceivedBytes, after.ReceiveCount - before.ReceiveCount)); // channel.open with its empty text.
        Assert.Equal((16, 0), (after.SentBytes - before.SentBytes, after.WaitingBytes)); // channel.open-ok with its empty text.
    }

    [Fact]
    public void BackloggedBytes_OfAClientThatDoesNotRead_AreThoseThatWaitForIt()
    {
        AmqpPeer peer = _broker.Login();
        ConnectionEntry entry = Assert.Single(_broker.Broker.Connections.Entries);
        AmqpPeer publisher = _broker.Login();
        peer.OpenChannel(1);
        publisher.OpenChannel(1);
        peer.DeclareQueue(1, "bulk", durable: false);
        peer.Consume(1, "bulk", "greedy", noAck: true);
        peer.Connection.HoldsOutput = true;
        publisher.SendBytes(AmqpPeer.PublishFrames(1, "", "bulk", new byte[100_000], deliveryMode: 1));
        Assert.Equal(0, entry.Connection.BackloggedBytes);

        for (int i = 0; i < 20; i++)
        {
            publisher.SendBytes(AmqpPeer.PublishFrames(1, "", "bulk", new byte[100_000], deliveryMode: 1));
        }

        Assert.InRange(entry.Connection.BackloggedBytes, 1024 * 1024, 1024 * 1024 + 200_000);
        peer.Connection.HoldsOutput = false;
        peer.WaitUntil(() => entry.Connection.BackloggedBytes == 0, "all has been sent");
    }

    [Fact]
    public void Close_ByAnOperator_TellsTheClientWhyAndEndsTheConnection()
    {
        AmqpPeer peer = _broker.Login();
        ConnectionEntry entry = Assert.Single(_broker.Broker.Connections.Entries);
        entry.Connection.Close("Closed via management plugin");
        entry.Connection.Close("again"); // Has no effect.

        ProtocolError error = peer.ExpectConnectionClose();
        Assert.Equal((ReplyCode.ConnectionForced, "CONNECTION_FORCED - Closed via management plugin"), (error.Code, error.Text));
        peer.SendBare(0, MethodId.ConnectionCloseOk);
        peer.ExpectClosed();
    }

    [Fact]
    public void DeleteVirtualHost_WithConnections_ClosesThemOnly()
    {
        _broker.Broker.VirtualHosts.Create("other", out _);
        AmqpPeer peer = _broker.Login();
        _broker.Broker.DeleteVirtualHost("other");
        peer.ExpectSilence();
        _broker.Broker.DeleteVirtualHost("/");

        Assert.Equal("CONNECTION_FORCED - vhost '/' is deleted", peer.ExpectConnectionClose().Text);
    }

    [Fact]
    public void DeleteUser_WithConnections_ClosesThem()
    {
        AmqpPeer peer = _broker.Login();
        Assert.Equal(0ul, _broker.Broker.DeleteUser("nobody"));
        peer.ExpectSilence();
        Assert.NotEqual(0ul, _broker.Broker.DeleteUser("guest"));

        Assert.Equal("CONNECTION_FORCED - user 'guest' is deleted", peer.ExpectConnectionClose().Text);
    }

    private OpenChannel TheChannel() => Assert.Single(Assert.Single(_broker.Broker.Connections.Entries).Connection.ListChannels());
}
