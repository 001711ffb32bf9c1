using Ropeway.Core.Queues;
using Ropeway.Core.Timing;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>What clients are told when the broker has failed in serving a queue, or a connection.</summary>
public sealed class OutOfServiceTests : IDisposable
{
    private const string Text = "PRECONDITION_FAILED - queue 'q' in vhost '/' is out of service: the broker has failed in serving it and does so no more until the next start: bad luck";

    private readonly TestBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Fact]
    public void QueueThatFails_CancelsItsConsumersAndRefusesWithTheReason()
    {
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        peer.DeclareQueue(1, "q");
        peer.DeclareQueue(1, "sound");
        peer.Send(1, default(ConfirmSelect));
        peer.Expect(MethodId.ConfirmSelectOk);
        peer.Consume(1, "q", "c");

        _broker.Broker.VirtualHosts.All.Single().GetQueue("q", owner: null).OnFault(new InvalidOperationException("bad luck"));

        Assert.True(BasicCancel.TryRead(peer.Expect(MethodId.BasicCancel), out BasicCancel cancel));
        Assert.Equal("c"u8, cancel.ConsumerTag);
        peer.Publish(1, "q", "refused");
        peer.Expect(MethodId.BasicNack);
        peer.Publish(1, "sound", "taken");
        peer.Expect(MethodId.BasicAck);
        peer.OpenChannel(2);
        peer.Send(2, new BasicConsume { Queue = "q"u8, ConsumerTag = "c"u8 });
        Assert.Equal(Text, peer.ExpectChannelClose(2).Text);
        peer.OpenChannel(3);
        peer.Send(3, new BasicGet { Queue = "q"u8 });
        Assert.Equal(Text, peer.ExpectChannelClose(3).Text);
    }

    [Fact]
    public void ConnectionThatFails_IsAbortedAndNoOther()
    {
        AmqpPeer peer = _broker.Login();
        AmqpPeer other = _broker.Login();

        ((IFaultScope)peer.Session).OnFault(new InvalidOperationException("bad luck"));

        peer.ExpectClosed();
        Assert.Equal("the broker has failed in serving it", peer.Connection.AbortReason);
        other.OpenChannel(1);
    }
}
