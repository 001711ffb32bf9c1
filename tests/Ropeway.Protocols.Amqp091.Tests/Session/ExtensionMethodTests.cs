using System.Text;
using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Security;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>Methods that few clients use, answered as RabbitMQ does.</summary>
public sealed class ExtensionMethodTests : IDisposable
{
    private readonly TestBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Fact]
    public void UpdateSecret_OfAUserWithAPassword_IsAcceptedAndWorkGoesOn()
    {
        AmqpPeer peer = Ready();

        peer.Send(0, new ConnectionUpdateSecret { NewSecret = "anything"u8, Reason = "rotation"u8 });
        peer.Expect(MethodId.ConnectionUpdateSecretOk, 0);

        peer.ExpectNothingMore(1);
    }

    [Fact]
    public void UpdateSecret_FramesBehindIt_AreHandledAfterItsAnswer()
    {
        AmqpPeer peer = Ready();
        peer.SendBytes([
            .. AmqpPeer.Frame(0, new ConnectionUpdateSecret { NewSecret = "guest"u8 }),
            .. AmqpPeer.Frame(1, new QueueDeclare { Queue = "behind"u8 }),
        ]);

        peer.Expect(MethodId.ConnectionUpdateSecretOk, 0);
        peer.Expect(MethodId.QueueDeclareOk, 1);
    }

    [Fact]
    public void AccessRequest_GetsTicketOne()
    {
        AmqpPeer peer = Ready();
        peer.Send(1, new AccessRequest { Realm = "/data"u8, Active = true });

        Assert.True(AccessRequestOk.TryRead(peer.Expect(MethodId.AccessRequestOk, 1), out AccessRequestOk ok));
        Assert.Equal(1, ok.Ticket);
    }

    [Fact]
    public void Flow_Active_IsAnswered()
    {
        AmqpPeer peer = Ready();
        peer.Send(1, new ChannelFlow { Active = true });

        Assert.True(ChannelFlowOk.TryRead(peer.Expect(MethodId.ChannelFlowOk, 1), out ChannelFlowOk ok));
        Assert.True(ok.Active);
    }

    public static TheoryData<string, byte[], string> Refused() => new()
    {
        { "channel.flow", AmqpPeer.Frame(1, new ChannelFlow { Active = false }), "NOT_IMPLEMENTED - active=false" },
        { "channel.flow-ok", AmqpPeer.Frame(1, new ChannelFlowOk { Active = true }), "COMMAND_INVALID - unimplemented method" },
        { "basic.recover", AmqpPeer.Frame(1, new BasicRecover { Requeue = false }), "NOT_IMPLEMENTED - requeue=false" },
        { "basic.recover-async", AmqpPeer.Frame(1, new BasicRecoverAsync { Requeue = false }), "NOT_IMPLEMENTED - requeue=false" },
        { "basic.publish", AmqpPeer.Frame(1, new BasicPublish { Immediate = true }), "NOT_IMPLEMENTED - immediate=true" },
        { "queue.declare-ok", AmqpPeer.Frame(1, new QueueDeclareOk { Queue = "q"u8 }), "COMMAND_INVALID - unimplemented method" },
        { "connection.update-secret", AmqpPeer.Frame(1, new ConnectionUpdateSecret { NewSecret = "guest"u8 }), "COMMAND_INVALID - unimplemented method" },
        { "connection.blocked", AmqpPeer.Frame(0, new ConnectionBlocked { Reason = "me"u8 }), "CHANNEL_ERROR - unexpected method in connection state running" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Method_ThatRabbitMqRefuses_ClosesTheConnectionWithItsText(string method, byte[] frame, string text)
    {
        AmqpPeer peer = Ready();
        peer.SendBytes(frame);

        ProtocolError error = peer.ExpectConnectionClose();
        Assert.Equal((text, method), (error.Text, error.Method.NameOf()));
    }

    [Fact]
    public void Recover_WithRequeue_ReturnsAllAndAnswers()
    {
        AmqpPeer peer = Ready();
        peer.DeclareQueue(1, "q");
        peer.Publish(1, "q", "one");
        peer.Consume(1, "q", "c");
        peer.ExpectDelivery("one");
        peer.Send(1, new BasicRecover { Requeue = true });

        Assert.True(peer.ExpectDelivery("one").Redelivered);
        peer.Expect(MethodId.BasicRecoverOk, 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void QueueDelete_WithConsumers_TellsThoseWhoAskedForIt(bool notifies)
    {
        AmqpPeer peer = _broker.Connect();
        peer.Login("guest", "guest", notifiesCancel: notifies);
        peer.OpenChannel(1);
        peer.DeclareQueue(1, "q");
        peer.Consume(1, "q", "c");
        AmqpPeer other = Ready();
        other.Send(1, new QueueDelete { Queue = "q"u8 });
        other.Expect(MethodId.QueueDeleteOk, 1);
        if (notifies)
        {
            Assert.True(BasicCancel.TryRead(peer.Expect(MethodId.BasicCancel, 1), out BasicCancel cancel));
            Assert.Equal(("c", true), (Encoding.UTF8.GetString(cancel.ConsumerTag), cancel.NoWait));
        }

        peer.ExpectNothingMore(1);
    }

    private AmqpPeer Ready()
    {
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        return peer;
    }
}
