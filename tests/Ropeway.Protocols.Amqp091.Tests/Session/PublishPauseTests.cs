using System.Text;
using Ropeway.Core;
using Ropeway.Core.Resources;
using Ropeway.Core.Topology;
using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Security;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

public sealed class PublishPauseTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly TestBroker _broker;

    public PublishPauseTests()
    {
        _broker = new TestBroker(time: _time);
    }

    private Admission Admission => _broker.Broker.Admission;

    private VirtualHost Host => _broker.Broker.VirtualHosts.All.Single();

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData(AdmissionCause.Memory, "low on memory")]
    [InlineData(AdmissionCause.Disk, "low on disk")]
    [InlineData(AdmissionCause.Memory | AdmissionCause.Disk, "low on memory & disk")]
    public void Publish_WhileResourcesAreLow_IsTakenThenTheClientIsToldWhyAndWaits(AdmissionCause cause, string reason)
    {
        AmqpPeer peer = Ready();
        AmqpPeer consumer = Ready();
        consumer.Consume(1, "q", "c");
        Admission.Set(cause, holds: true);
        peer.Publish(1, "q", "one");
        Assert.Equal(reason, ExpectBlocked(peer));
        consumer.ExpectDelivery("one"); // As with RabbitMQ the message that told us of the publisher still counts.
        peer.Publish(1, "q", "two");
        peer.ExpectSilence();
        consumer.ExpectSilence();

        Admission.Set(cause, holds: false);
        peer.Expect(MethodId.ConnectionUnblocked, 0);
        peer.WaitUntil(() => !peer.Connection.IsPaused, "the connection is read again");
        consumer.ExpectDelivery("two");
    }

    [Fact]
    public void OneCauseOfTwo_Ends_PublishersWaitOn()
    {
        AmqpPeer peer = Ready();
        Admission.Set(AdmissionCause.Memory | AdmissionCause.Disk, holds: true);
        peer.Publish(1, "q", "one");
        ExpectBlocked(peer);
        Admission.Set(AdmissionCause.Memory, holds: false);
        peer.ExpectSilence();
        Assert.True(peer.Connection.IsPaused);

        Admission.Set(AdmissionCause.Disk, holds: false);
        peer.Expect(MethodId.ConnectionUnblocked, 0);
    }

    [Fact]
    public void Connections_ThatDoNotPublish_GoOnWhileResourcesAreLow()
    {
        AmqpPeer publisher = Ready();
        publisher.Publish(1, "q", "one");
        publisher.Publish(1, "q", "two");
        Admission.Set(AdmissionCause.Memory, holds: true);
        AmqpPeer consumer = Ready();
        consumer.Send(1, new BasicQos { PrefetchCount = 1 });
        consumer.Expect(MethodId.BasicQosOk);
        consumer.Consume(1, "q", "c");
        consumer.Send(1, new BasicAck { DeliveryTag = consumer.ExpectDelivery("one").DeliveryTag });
        consumer.Send(1, new BasicAck { DeliveryTag = consumer.ExpectDelivery("two").DeliveryTag });

        consumer.ExpectNothingMore(1);
    }

    [Fact]
    public void Acknowledgements_OfAPausedConnection_CountWhenItGoesOn()
    {
        AmqpPeer peer = Ready();
        peer.Publish(1, "q", "one");
        peer.Consume(1, "q", "c");
        PeerDelivery delivery = peer.ExpectDelivery("one");
        Admission.Set(AdmissionCause.Disk, holds: true);
        peer.DeclareQueue(1, "r");
        peer.Publish(1, "r", "more");
        ExpectBlocked(peer);
        peer.Send(1, new BasicAck { DeliveryTag = delivery.DeliveryTag });
        Admission.Set(AdmissionCause.Disk, holds: false);
        peer.Expect(MethodId.ConnectionUnblocked, 0);
        peer.ExpectNothingMore(1);
        peer.Vanish();

        AmqpPeer other = Ready();
        other.Send(1, new BasicGet { Queue = "q"u8 });
        other.Expect(MethodId.BasicGetEmpty);
    }

    [Fact]
    public void Client_WithoutTheCapability_WaitsWithoutBeingTold()
    {
        AmqpPeer peer = _broker.Connect();
        peer.Login("guest", "guest", notifiesBlocked: false);
        peer.OpenChannel(1);
        peer.DeclareQueue(1, "q");
        Admission.Set(AdmissionCause.Memory, holds: true);
        peer.Publish(1, "q", "one");
        peer.ExpectSilence();
        Assert.True(peer.Connection.IsPaused);

        Admission.Set(AdmissionCause.Memory, holds: false);
        peer.ExpectNothingMore(1);
    }

    [Fact]
    public void PausedConnection_StillGetsConfirmsHeartbeatsAndDeliveries()
    {
        AmqpPeer peer = Ready();
        peer.DeclareQueue(1, "own");
        peer.Consume(1, "own", "c", noAck: true);
        peer.Send(1, default(ConfirmSelect));
        peer.Expect(MethodId.ConfirmSelectOk);
        Admission.Set(AdmissionCause.Memory, holds: true);
        using (_broker.HoldCommits())
        {
            peer.Publish(1, "q", "mine");
            ExpectBlocked(peer); // Does not wait behind the confirm.
        }

        peer.Expect(MethodId.BasicAck, 1);
        DeliverTo(peer);
        _time.Advance(31);
        peer.Connection.Tick();
        Assert.Equal(FrameCodec.Heartbeat.ToArray(), peer.Connection.TakeOutput());
    }

    [Fact]
    public void BrokerStop_WhileAConnectionIsPaused_SaysGoodbye()
    {
        AmqpPeer peer = Ready();
        Admission.Set(AdmissionCause.Memory, holds: true);
        peer.Publish(1, "q", "one");
        ExpectBlocked(peer);
        peer.BeginStop();
        Assert.Equal(ReplyCode.ConnectionForced, peer.ExpectConnectionClose().Code);
        peer.SendBare(0, MethodId.ConnectionCloseOk);

        peer.ExpectClosed();
    }

    [Fact]
    public void Connection_ThatEndsWhilePaused_IsForgotten()
    {
        AmqpPeer peer = Ready();
        Admission.Set(AdmissionCause.Memory, holds: true);
        peer.Publish(1, "q", "one");
        ExpectBlocked(peer);
        peer.Vanish();
        Admission.Set(AdmissionCause.Memory, holds: false);

        AmqpPeer other = Ready();
        other.Publish(1, "q", "two");
        other.ExpectNothingMore(1);
    }

    [Fact]
    public void Publish_ToAHostAtItsLimit_IsTakenThenTheClientWaitsUntilThereIsRoom()
    {
        AmqpPeer peer = Ready();
        AmqpPeer consumer = Ready();
        Fill(peer, 2);
        peer.Publish(1, "q", "three");
        Assert.Equal("virtual host '/' holds 2 ready messages, its limit is 2", ExpectBlocked(peer));
        ConnectionEntry entry = _broker.Broker.Connections.Entries.Single(one => one.Connection.State == "blocked");
        Assert.Equal(Host.Admission.Reason, entry.Connection.BlockedReason);
        consumer.ExpectNothingMore(1);
        consumer.Consume(1, "q", "c", noAck: true);
        consumer.ExpectDelivery("one");
        consumer.ExpectDelivery("two");
        consumer.ExpectDelivery("three");
        _time.Advance(1);

        peer.Expect(MethodId.ConnectionUnblocked, 0);
        Assert.Equal(("running", null), (entry.Connection.State, entry.Connection.BlockedReason));
        peer.Publish(1, "q", "four");
        consumer.ExpectDelivery("four");
    }

    [Fact]
    public void BrokerAndHost_BothShort_PublishersWaitForBoth()
    {
        AmqpPeer peer = Ready();
        AmqpPeer other = Ready();
        Fill(peer, 2);
        Admission.Set(AdmissionCause.Memory, holds: true);
        peer.Publish(1, "q", "three");
        Assert.Equal("low on memory", ExpectBlocked(peer));
        Admission.Set(AdmissionCause.Memory, holds: false);
        peer.ExpectSilence();
        Assert.Contains(_broker.Broker.Connections.Entries, one => one.Connection.BlockedReason == Host.Admission.Reason);

        Host.SetLimit("max-ready-messages", null);
        peer.Expect(MethodId.ConnectionUnblocked, 0);
        other.Publish(1, "q", "four");
        other.ExpectNothingMore(1);
    }

    [Fact]
    public void ReasonLongerThanAShortString_IsCut()
    {
        string name = new('\u00e4', 127);
        _broker.Broker.VirtualHosts.Create(name, out VirtualHost host);
        host.Admission.Set(AdmissionCause.VirtualHost, holds: true, $"virtual host '{name}' holds 5 ready messages, its limit is 5");
        Assert.True(_broker.Broker.Permissions.TrySet(new PermissionGrant("guest", name, ".*", ".*", ".*"), out _, out _));
        AmqpPeer peer = _broker.Connect();
        peer.SendCredentials("guest", "guest");
        peer.SendOpen(name);
        peer.Expect(MethodId.ConnectionOpenOk);
        peer.OpenChannel(1);
        peer.DeclareQueue(1, "q");
        peer.Publish(1, "q", "one");

        string reason = ExpectBlocked(peer);
        Assert.StartsWith("virtual host '\u00e4", reason, StringComparison.Ordinal);
        Assert.EndsWith("\u00e4...", reason, StringComparison.Ordinal);
    }

    /// <summary>Publishes as many messages as the host may hold from now on, and waits until that is noticed.</summary>
    private void Fill(AmqpPeer peer, int count)
    {
        string[] bodies = ["one", "two", "three"];
        foreach (string body in bodies[..count])
        {
            peer.Publish(1, "q", body);
        }

        peer.ExpectNothingMore(1);
        Host.SetLimit("max-ready-messages", count);
        peer.WaitUntil(() => Host.Admission.Reason is not null, "the limit is noticed");
    }

    /// <summary>Another connection publishes its first message, which still counts.</summary>
    private void DeliverTo(AmqpPeer peer)
    {
        Ready().Publish(1, "own", "for you");
        peer.ExpectDelivery("for you");
    }

    private static string ExpectBlocked(AmqpPeer peer)
    {
        Assert.True(ConnectionBlocked.TryRead(peer.Expect(MethodId.ConnectionBlocked, 0), out ConnectionBlocked blocked));
        return Encoding.UTF8.GetString(blocked.Reason);
    }

    private AmqpPeer Ready()
    {
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        peer.DeclareQueue(1, "q");
        return peer;
    }
}
