using System.Text;
using Ropeway.Core.Tracing;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>What becomes of traced messages in transactions.</summary>
public sealed class TransactionTracingTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly TestBroker _broker = new();

    public TransactionTracingTests() => _broker.Broker.Tracing.Share = 1;

    public void Dispose() => _broker.Dispose();

    [Fact]
    public void Commit_Messages_HaveTheirStaysFromThenOn()
    {
        AmqpPeer peer = Transactional();
        Publish(peer, "q", "first");
        Publish(peer, "nowhere", "lost");
        peer.ExpectNothingMore(1);
        Assert.Empty(Find("first"));
        using (_broker.HoldCommits())
        {
            peer.SendBare(1, MethodId.TxCommit);
            peer.ExpectSilence();
            Assert.Null(Line("first").SafeAt);
        }

        peer.Expect(MethodId.TxCommitOk, 1);
        Assert.True(SpinWait.SpinUntil(() => Line("first").SafeAt is not null, Deadline));
        LifeLineView line = Line("first");
        Assert.Equal(("q", 0L), (Assert.Single(line.Stays).Queue.Name, line.Stays[0].Sequence));
        Assert.NotNull(line.RoutedAt);
        Assert.Empty(Find("lost"));
    }

    [Fact]
    public void Commit_MoreMessagesThanASlice_FollowsThemAll()
    {
        AmqpPeer peer = Transactional();
        for (int i = 0; i < 600; i++)
        {
            Publish(peer, "q", "many");
        }

        Commit(peer);

        Assert.Equal(Enumerable.Range(0, 600).Reverse(), Find("many").Select(line => (int)Assert.Single(line.Stays).Sequence));
        Assert.True(SpinWait.SpinUntil(() => Find("many").All(line => line.SafeAt is not null), Deadline));
    }

    [Fact]
    public void Rollback_Messages_LeaveNoTrace()
    {
        AmqpPeer peer = Transactional();
        Publish(peer, "q", "undone");
        peer.SendBare(1, MethodId.TxRollback);
        peer.Expect(MethodId.TxRollbackOk, 1);
        Publish(peer, "q", "done");
        Commit(peer);

        Assert.Empty(Find("undone"));
        Assert.Equal(0, Assert.Single(Line("done").Stays).Sequence);
    }

    [Fact]
    public void Acknowledge_IsRecordedWithTheCommit()
    {
        AmqpPeer peer = Transactional();
        Publish(peer, "q", "kept");
        Publish(peer, "q", "refused");
        Commit(peer);
        peer.Consume(1, "q", "c");
        peer.ExpectDelivery("kept");
        peer.ExpectDelivery("refused");
        peer.Send(1, new BasicAck { DeliveryTag = 1 });
        peer.Send(1, new BasicReject { DeliveryTag = 2, Requeue = false });
        peer.ExpectNothingMore(1);
        Assert.All((string[])["kept", "refused"], id => Assert.Equal([LifeStepKind.Delivered], StepsOf(id)));

        Commit(peer);

        Assert.All((string[])["kept", "refused"], id => Assert.Equal([LifeStepKind.Delivered, LifeStepKind.Settled], StepsOf(id)));
    }

    [Fact]
    public void Acknowledge_RolledBack_IsNotRecorded()
    {
        AmqpPeer peer = Transactional();
        Publish(peer, "q", "held");
        Commit(peer);
        peer.Consume(1, "q", "c");
        peer.ExpectDelivery("held");
        peer.Send(1, new BasicAck { DeliveryTag = 1 });
        peer.SendBare(1, MethodId.TxRollback);
        peer.Expect(MethodId.TxRollbackOk, 1);

        Assert.Equal([LifeStepKind.Delivered], StepsOf("held"));
    }

    /// <summary>Publishes a persistent message whose body is its id.</summary>
    private static void Publish(AmqpPeer peer, string queue, string id)
    {
        byte[] properties = new BasicPropertyValues { DeliveryMode = 2, MessageId = id }.ToArray();
        peer.SendBytes(AmqpPeer.PublishFrames(1, new BasicPublish { RoutingKey = Encoding.UTF8.GetBytes(queue) }, properties, Encoding.UTF8.GetBytes(id)));
    }

    private static void Commit(AmqpPeer peer)
    {
        peer.SendBare(1, MethodId.TxCommit);
        peer.Expect(MethodId.TxCommitOk, 1);
    }

    private AmqpPeer Transactional()
    {
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        peer.DeclareQueue(1, "q");
        peer.SendBare(1, MethodId.TxSelect);
        peer.Expect(MethodId.TxSelectOk, 1);
        return peer;
    }

    private IReadOnlyList<LifeLineView> Find(string id) => _broker.Broker.Tracing.Find("/", id);

    private LifeLineView Line(string id) => Assert.Single(Find(id));

    private LifeStepKind[] StepsOf(string id) => [.. Assert.Single(Line(id).Stays).Steps.Select(step => step.Kind)];
}
