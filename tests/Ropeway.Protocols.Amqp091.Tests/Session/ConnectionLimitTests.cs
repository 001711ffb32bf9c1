using Ropeway.Core.Topology;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>Limits of connections and channels, as clients see them.</summary>
public sealed class ConnectionLimitTests : IDisposable
{
    private readonly TestBroker _broker = new();
    private readonly VirtualHost _host;

    public ConnectionLimitTests()
    {
        Assert.True(_broker.Broker.VirtualHosts.TryGet("/", out VirtualHost? host));
        _host = host;
    }

    public void Dispose() => _broker.Dispose();

    [Fact]
    public void Open_VirtualHostHasAsManyAsItMayHave_IsRefusedWith530()
    {
        _host.SetLimit("max-connections", 2);
        AmqpPeer first = _broker.Login();
        _broker.Login();
        ProtocolError error = Refused();
        Assert.Equal(ReplyCode.NotAllowed, error.Code);
        Assert.Equal("NOT_ALLOWED - access to vhost '/' refused for user 'guest': connection limit (2) is reached", error.Text);
        Assert.Equal(MethodId.ConnectionOpen, error.Method);

        first.Vanish();
        _broker.Login(); // In its place; the refused one has taken none.
        _host.SetLimit("max-connections", 0);
        Assert.Equal("NOT_ALLOWED - access to vhost '/' refused for user 'guest': connection limit (0) is reached", Refused().Text);
        _host.SetLimit("max-connections", -1);
        _broker.Login();
    }

    [Fact]
    public void Open_UserHasAsManyAsItMayHave_IsRefusedWith530()
    {
        _broker.Broker.LimitsOfUsers.Set("guest", "max-connections", 1);
        AmqpPeer first = _broker.Login();
        Assert.Equal("NOT_ALLOWED - connection refused for user 'guest': user connection limit (1) is reached", Refused().Text);
        first.Vanish();
        _broker.Login();
    }

    [Fact]
    public void Open_WithoutPermission_TakesNoPlace()
    {
        _host.SetLimit("max-connections", 1);
        _broker.Broker.Permissions.Clear("guest", "/");
        Assert.Equal("NOT_ALLOWED - access to vhost '/' refused for user 'guest'", Refused().Text);
        _broker.Permit(".*", ".*", ".*");
        _broker.Login();
    }

    [Fact]
    public void OpenChannel_UserHasAsManyAsItMayHave_ClosesTheConnectionWith530()
    {
        _broker.Broker.LimitsOfUsers.Set("guest", "max-channels", 3);
        AmqpPeer first = _broker.Login();
        AmqpPeer second = _broker.Login();
        first.OpenChannel(1);
        first.OpenChannel(2);
        second.OpenChannel(1);
        second.Send(2, default(ChannelOpen));
        ProtocolError error = second.ExpectConnectionClose();
        Assert.Equal(ReplyCode.NotAllowed, error.Code);
        Assert.Equal("NOT_ALLOWED - number of channels opened for user 'guest' has reached the maximum allowed user limit of 3", error.Text);

        first.OpenChannel(3); // The second's have ended with it.
        first.Send(3, new ChannelClose { ReplyCode = ReplyCode.Success });
        first.Expect(MethodId.ChannelCloseOk);
        first.OpenChannel(4);
        first.Vanish();
        AmqpPeer third = _broker.Login();
        third.OpenChannel(1);
        third.OpenChannel(2);
        third.OpenChannel(3);
        third.Send(4, default(ChannelOpen));
        Assert.Equal(ReplyCode.NotAllowed, third.ExpectConnectionClose().Code);
    }

    [Fact]
    public void DeclareQueue_OverTheLimit_ClosesTheChannelWith406()
    {
        _host.SetLimit("max-queues", 1);
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        peer.DeclareQueue(1, "a");
        peer.Send(1, new QueueDeclare { Queue = "b"u8 });

        Assert.Equal("PRECONDITION_FAILED - cannot declare queue 'b': queue limit in vhost '/' (1) is reached", peer.ExpectChannelClose(1).Text);
    }

    /// <summary>A client that logs in and is refused at connection.open.</summary>
    private ProtocolError Refused()
    {
        AmqpPeer peer = _broker.Connect();
        peer.SendCredentials("guest", "guest");
        peer.SendOpen();
        return peer.ExpectConnectionClose();
    }
}
