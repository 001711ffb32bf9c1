using System.Text;
using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Queues;
using Ropeway.Core.Timing;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>Which ways of giving a message back count as a failure is RabbitMQ 4.3's decision.</summary>
public sealed class RetryTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddDays(20_000));
    private readonly TestBroker _broker;

    public RetryTests() => _broker = new TestBroker(time: _time);

    public void Dispose() => _broker.Dispose();

    public static TheoryData<string, Action<AmqpPeer, ulong>, bool> WaysBack => new()
    {
        { "basic.reject", static (peer, tag) => peer.Send(1, new BasicReject { DeliveryTag = tag, Requeue = true }), true },
        { "basic.nack", static (peer, tag) => peer.Send(1, new BasicNack { DeliveryTag = tag, Requeue = true }), false },
        { "basic.recover", static (peer, tag) => peer.Send(1, new BasicRecover { Requeue = true }), false },
        { "channel.close", static (peer, tag) => peer.Send(1, new ChannelClose { ReplyCode = ReplyCode.Success, ReplyText = "bye"u8 }), true },
        { "connection.close", static (peer, tag) => peer.Send(0, new ConnectionClose { ReplyCode = ReplyCode.Success, ReplyText = "bye"u8 }), true },
    };

    [Theory]
    [MemberData(nameof(WaysBack))]
    public void Requeue_ByEachWay_WaitsWhereItsKindDoes(string name, Action<AmqpPeer, ulong> giveBack, bool isFailure)
    {
        foreach ((string kind, bool waits) in ((string, bool)[])[("failed", isFailure), ("returned", !isFailure), ("all", true)])
        {
            AmqpPeer peer = Ready(kind);
            peer.Publish(1, kind, "body");
            peer.Send(1, new BasicGet { Queue = Encoding.UTF8.GetBytes(kind) });
            Assert.True(BasicGetOk.TryRead(peer.Expect(MethodId.BasicGetOk), out BasicGetOk answer));
            peer.ExpectContent();

            giveBack(peer, answer.DeliveryTag);

            Queue queue = _broker.Broker.VirtualHosts.All.Single().GetQueue(kind, owner: null);
            peer.WaitUntil(() => queue.UnackedCount == 0, name);
            Assert.Equal(waits ? (0, 1) : (1, 0), (queue.MessageCount, queue.DelayedCount));
        }
    }

    [Fact]
    public void Reject_InATransaction_WaitsFromTheCommitOn()
    {
        AmqpPeer peer = Ready("failed");
        peer.Publish(1, "failed", "body");
        peer.Consume(1, "failed", "c");
        ulong tag = peer.ExpectDelivery("body").DeliveryTag;
        peer.SendBare(1, MethodId.TxSelect);
        peer.Expect(MethodId.TxSelectOk);
        peer.Send(1, new BasicReject { DeliveryTag = tag, Requeue = true });
        _time.Advance(TimeSpan.FromSeconds(60));

        peer.SendBare(1, MethodId.TxCommit);
        peer.Expect(MethodId.TxCommitOk);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        peer.ExpectNothingMore(1);
        _time.Advance(TimeSpan.FromMilliseconds(1 + Deadlines.TickMs));

        Assert.True(peer.ExpectDelivery("body").Redelivered);
    }

    private AmqpPeer Ready(string kind)
    {
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        var arguments = new FieldTable { ["x-delayed-retry-type"] = kind, ["x-delayed-retry-min"] = 1_000 };
        peer.Send(1, new QueueDeclare { Queue = Encoding.UTF8.GetBytes(kind), Durable = true, Arguments = FieldTableCodec.ToArray(arguments) });
        peer.Expect(MethodId.QueueDeclareOk);
        return peer;
    }
}
