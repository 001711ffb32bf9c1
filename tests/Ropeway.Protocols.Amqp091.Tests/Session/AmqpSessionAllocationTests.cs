using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Tests;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

public sealed class AmqpSessionAllocationTests : IDisposable
{
    private const int BatchCount = 100;
    private const int MessagesPerBatch = 100;

    private readonly TestBroker _broker = new();
    private readonly byte[] _ack = new byte[64];
    private ulong _deliveredCount;
    private long _allocatedBytes;

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void PublishConfirmDeliverAndAck_InSteadyState_AllocateNothing(byte deliveryMode)
    {
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        peer.DeclareQueue(1, "q");
        peer.Send(1, default(ConfirmSelect));
        peer.Expect(MethodId.ConfirmSelectOk);
        peer.Consume(1, "q", "c");
        Assert.True(_broker.Broker.VirtualHosts.TryGet("/", out VirtualHost? host));
        Queue queue = host.GetQueue("q", owner: null);
        byte[] publish = AmqpPeer.PublishFrames(1, "", "q", new byte[100], deliveryMode);
        byte[] batch = [.. Enumerable.Repeat(publish, MessagesPerBatch).SelectMany(bytes => bytes)];

        long least = Allocations.LeastSum(() =>
        {
            _allocatedBytes = 0;
            for (int i = 0; i < BatchCount; i++)
            {
                RunBatch(peer, queue, batch);
            }

            return _allocatedBytes;
        });

        Assert.Equal(0, least); // For 10,000 messages.
    }

    [Fact]
    public void Publish_WithAnotherKeyEachTime_AllocatesNothing()
    {
        const int KeyCount = 2000; // More than a session remembers.
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        peer.DeclareQueue(1, "q");
        Assert.True(_broker.Broker.VirtualHosts.TryGet("/", out VirtualHost? host));
        host.BindQueue("amq.topic", "q", "site.*.state", arguments: null, owner: null);
        byte[] batch = [.. Enumerable.Range(0, KeyCount).SelectMany(i => AmqpPeer.PublishFrames(1, "amq.topic", $"site.{i}.state", [1], deliveryMode: 1))];

        long least = Allocations.LeastSum(() =>
        {
            _allocatedBytes = 0;
            Consume(peer, batch);
            host.GetQueue("q", owner: null).Purge(out _);
            return _allocatedBytes;
        });

        Assert.Equal(0, least); // For 2,000 messages.
    }

    private void RunBatch(AmqpPeer peer, Queue queue, byte[] batch)
    {
        Consume(peer, batch);
        _deliveredCount += MessagesPerBatch;
        var spin = default(SpinWait);
        while (queue.UnackedCount < MessagesPerBatch)
        {
            spin.SpinOnce(); // Now and then the delivery horizon has to be synced first.
        }

        var ack = new BasicAck { DeliveryTag = _deliveredCount, Multiple = true };
        ack.Write(_ack, 1);
        Consume(peer, _ack.AsSpan(0, ack.GetFrameBytes()));
        Assert.Equal(0, queue.UnackedCount);
        peer.Connection.TakeOutput();
    }

    private void Consume(AmqpPeer peer, ReadOnlySpan<byte> bytes)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        int consumed = peer.Session.Consume(bytes).ConsumedBytes;
        peer.Connection.Outbox.Flush();
        _allocatedBytes += GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(bytes.Length, consumed);
    }
}
