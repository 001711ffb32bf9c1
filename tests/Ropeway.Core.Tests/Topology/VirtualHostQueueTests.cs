using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Topology;

public sealed class VirtualHostQueueTests
{
    private const string Locked =
        "cannot obtain exclusive access to locked queue 'q' in vhost '/'. It could be originally declared on another connection "
        + "or the exclusive property value does not match that of the original declaration.";

    private readonly TestHost _test = new();
    private readonly object _connection = new();
    private readonly object _other = new();

    [Fact]
    public void DeclareQueue_Again_GivesTheSame()
    {
        DeclaredQueue first = _test.Host.DeclareQueue(Settings("q"));
        DeclaredQueue second = _test.Host.DeclareQueue(Settings("q"));

        Assert.True(first.Created);
        Assert.False(second.Created);
        Assert.Same(first.Queue, second.Queue);
        Assert.NotEqual(0u, first.CommitIndex);
        Assert.True(second.CommitIndex >= first.CommitIndex); // The second reply waits as well.
    }

    [Fact]
    public void DeclareQueue_NotDurableOrExclusive_IsNotJournalled()
    {
        ulong before = _test.Metadata.Index;

        Assert.Equal(0u, _test.Host.DeclareQueue(Settings("q") with { Durable = false }).CommitIndex);
        Assert.Equal(0u, _test.Host.DeclareQueue(Settings("e") with { Exclusive = true, Owner = _connection }).CommitIndex);
        Assert.Equal(before, _test.Metadata.Index);
        Assert.Empty(_test.Restart().Host.ListQueues());
    }

    [Fact]
    public void DeclareQueue_WithoutName_GetsOneThatNobodyGuesses()
    {
        string first = _test.Queue(string.Empty).Name;
        string second = _test.Queue(string.Empty).Name;

        Assert.Matches("^amq\\.gen-[A-Za-z0-9_-]{22}$", first);
        Assert.False(string.Equals(first, second, StringComparison.Ordinal));
        Assert.True(_test.Host.TryGetQueue(first, out _));
    }

    [Fact]
    public void DeclareQueue_LineBreaksInTheName_AreRemoved() => Assert.Equal("ab", _test.Queue("a\r\nb").Name);

    [Fact]
    public void DeclareQueue_LongestName_IsAccepted()
    {
        string name = new('ä', 127);

        Assert.Equal(name, _test.Queue(name).Name);
        Assert.True(_test.Host.TryGetQueue(name, out _));
        Assert.False(_test.Host.TryGetQueue(name + "äää", out _));
    }

    [Fact]
    public void DeclareQueue_NameTooLong_IsRefused() => AssertRefused(
        RefusalReason.PreconditionFailed, "queue name of 256 bytes is longer than 255 bytes", () => _test.Queue(new string('ä', 128)));

    [Fact]
    public void DeclareQueue_ReservedName_IsRefused() =>
        AssertRefused(RefusalReason.AccessRefused, "queue name 'amq.q' contains reserved prefix 'amq.*'", () => _test.Queue("amq.q"));

    [Fact]
    public void DeclareQueue_DurableDiffers_IsRefused()
    {
        _test.Queue("q");

        AssertRefused(
            RefusalReason.PreconditionFailed,
            "inequivalent arg 'durable' for queue 'q' in vhost '/': received 'true' but current is 'false'",
            () => _test.Queue("q", durable: true));
    }

    [Fact]
    public void DeclareQueue_AutoDeleteDiffers_IsRefused()
    {
        _test.Queue("q");

        AssertRefused(
            RefusalReason.PreconditionFailed,
            "inequivalent arg 'auto_delete' for queue 'q' in vhost '/': received 'true' but current is 'false'",
            () => _test.Queue("q", autoDelete: true));
    }

    [Fact]
    public void DeclareQueue_TypeDiffers_IsRefused()
    {
        _test.Queue("q", durable: true, new FieldTable { ["x-queue-type"] = "quorum" });

        AssertRefused(
            RefusalReason.PreconditionFailed,
            "inequivalent arg 'x-queue-type' for queue 'q' in vhost '/': received 'classic' but current is 'quorum'",
            () => _test.Queue("q", durable: true));
    }

    [Fact]
    public void DeclareQueue_TypeClassic_IsTheSameAsNone()
    {
        _test.Queue("q");

        Assert.Same(_test.Queue("q"), _test.Queue("q", durable: false, new FieldTable { ["x-queue-type"] = "classic" }));
    }

    [Fact]
    public void DeclareQueue_ArgumentMissing_IsRefusedWithItsType()
    {
        _test.Queue("q", durable: false, new FieldTable { ["x-queue-version"] = 1L });

        AssertRefused(
            RefusalReason.PreconditionFailed,
            "inequivalent arg 'x-queue-version' for queue 'q' in vhost '/': received none but current is the value '1' of type 'long'",
            () => _test.Queue("q"));
    }

    [Fact]
    public void DeclareQueue_ArgumentDiffers_IsRefused()
    {
        _test.Queue("q", durable: false, new FieldTable { ["x-queue-version"] = 1 });

        AssertRefused(
            RefusalReason.PreconditionFailed,
            "inequivalent arg 'x-queue-version' for queue 'q' in vhost '/': received '2' but current is '1'",
            () => _test.Queue("q", durable: false, new FieldTable { ["x-queue-version"] = 2 }));
    }

    [Fact]
    public void DeclareQueue_ArgumentOfOtherWidth_IsTheSame()
    {
        _test.Queue("q", durable: false, new FieldTable { ["x-queue-version"] = 1 });

        _test.Queue("q", durable: false, new FieldTable { ["x-queue-version"] = 1L });
    }

    [Fact]
    public void DeclareQueue_UnknownArguments_AreKeptAndNotCompared()
    {
        _test.Queue("q", durable: true, new FieldTable { ["x-team"] = "blue", ["note"] = 1 });
        _test.Queue("q", durable: true, new FieldTable { ["x-team"] = "red" });

        Assert.True(_test.Restart().Host.TryGetQueue("q", out Queue? queue));
        Assert.Equal(new FieldTable { ["x-team"] = "blue", ["note"] = 1 }, queue.Settings.Arguments);
    }

    [Fact]
    public void ExclusiveQueue_FromAnotherConnection_IsLocked()
    {
        _test.ExclusiveQueue("q", _connection);
        Assert.False(_test.Host.DeclareQueue(Settings("q") with { Exclusive = true, Owner = _connection }).Created);
        _test.Host.BindQueue("amq.fanout", "q", string.Empty, arguments: null, _connection);

        Action[] uses =
        [
            () => _test.ExclusiveQueue("q", _other),
            () => _test.Queue("q"),
            () => _test.Host.CheckQueue("q", _other),
            () => _test.Host.GetQueue("q", _other),
            () => _test.Host.DeleteQueue("q", _other, ifUnused: false, ifEmpty: false),
            () => _test.Host.BindQueue("amq.fanout", "q", "k", arguments: null, _other),
            () => _test.Host.UnbindQueue("amq.fanout", "q", string.Empty, arguments: null, _other),
        ];
        Assert.All(uses, use => AssertRefused(RefusalReason.ResourceLocked, Locked, use));
        Assert.Equal("q", _test.Route("amq.fanout", "k")); // Publishing to it is nobody's secret.
        Assert.Equal(0, _test.Host.GetQueue("q", _connection).MessageCount);
    }

    [Fact]
    public void DeclareQueue_ExclusiveOverOneThatIsNot_IsLocked()
    {
        _test.Queue("q");

        AssertRefused(RefusalReason.ResourceLocked, Locked, () => _test.ExclusiveQueue("q", _connection));
    }

    [Fact]
    public void DeleteOwned_OwnerGone_DeletesItsQueuesOnly()
    {
        _test.ExclusiveQueue("a", _connection, durable: true);
        _test.ExclusiveQueue("b", _connection);
        _test.ExclusiveQueue("c", _other);
        _test.Queue("d");
        _test.Host.BindQueue("amq.fanout", "a", string.Empty, arguments: null, _connection);
        _test.Host.DeleteOwned(_connection);

        Assert.Equal("c,d", string.Join(',', _test.Host.ListQueues().Select(queue => queue.Name).Order(StringComparer.Ordinal)));
        Assert.Empty(_test.Host.ListBindings());
        Assert.Equal(2, _test.Logs.TransientCount);
        _test.Host.DeleteOwned(_connection);
    }

    [Fact]
    public void CheckQueue_Missing_IsNotFound() =>
        AssertRefused(RefusalReason.NotFound, "no queue 'q' in vhost '/'", () => _test.Host.CheckQueue("q", _connection));

    [Fact]
    public void DeleteQueue_TakesBindingsAndLogAlong()
    {
        _test.Queue("q", durable: true);
        _test.Bind("amq.topic", "q", "#");
        Assert.Single(_test.Metadata.Logs);
        ulong before = _test.Metadata.Index;
        DeletedQueue deleted = _test.Host.DeleteQueue("q", owner: null, ifUnused: true, ifEmpty: true);

        Assert.Equal(before + 1, deleted.CommitIndex); // One batch, so that a crash leaves all or nothing.
        Assert.Equal(string.Empty, _test.Route("amq.topic", "k"));
        Assert.Empty(_test.Metadata.Logs);
        TestHost restarted = _test.Restart();
        Assert.Empty(restarted.Host.ListQueues());
        Assert.Empty(restarted.Host.ListBindings());
    }

    [Fact]
    public void DeleteQueue_IfEmpty_IsRefusedWithMessages()
    {
        TestHost.Fill(_test.Queue("q"), 3);
        AssertRefused(
            RefusalReason.PreconditionFailed,
            "queue 'q' in vhost '/' not empty",
            () => _test.Host.DeleteQueue("q", owner: null, ifUnused: false, ifEmpty: true));

        Assert.Equal(3, _test.Host.DeleteQueue("q", owner: null, ifUnused: true, ifEmpty: false).MessageCount);
        Assert.False(_test.Host.TryGetQueue("q", out _));
    }

    [Fact]
    public void DeleteQueue_IfUnused_IsRefusedWithConsumers()
    {
        Queue queue = _test.Queue("q");
        var target = new SilentTarget();
        Consumer consumer = target.Consume(queue);
        AssertRefused(
            RefusalReason.PreconditionFailed,
            "queue 'q' in vhost '/' in use",
            () => _test.Host.DeleteQueue("q", owner: null, ifUnused: true, ifEmpty: false));
        _test.Host.DeleteQueue("q", owner: null, ifUnused: false, ifEmpty: false);

        Assert.Same(consumer, Assert.Single(target.Gone)); // It is told that its queue is gone.
    }

    [Fact]
    public void DeleteUnused_LastConsumerGone_DeletesAutoDeleteQueuesOnly()
    {
        Queue temporary = _test.Queue("temporary", durable: true, arguments: null, autoDelete: true);
        Queue permanent = _test.Queue("permanent");
        _test.Bind("amq.fanout", "temporary");
        Consumer consumer = new SilentTarget().Consume(temporary);
        _test.Host.DeleteUnused(temporary);
        Assert.True(_test.Host.TryGetQueue("temporary", out _)); // It is in use again.
        temporary.RemoveConsumer(consumer);

        Assert.NotEqual(0u, _test.Host.DeleteUnused(temporary));
        Assert.Equal(0u, _test.Host.DeleteUnused(temporary));
        Assert.Equal(0u, _test.Host.DeleteUnused(permanent));
        Assert.Equal("permanent", Assert.Single(_test.Host.ListQueues()).Name);
        Assert.Empty(_test.Restart().Host.ListBindings());
    }

    [Fact]
    public void DeleteUnused_NameGivenToAnotherQueue_LeavesThatOne()
    {
        Queue first = _test.Queue("q", durable: false, arguments: null, autoDelete: true);
        _test.Host.DeleteQueue("q", owner: null, ifUnused: false, ifEmpty: false);
        Queue second = _test.Queue("q", durable: false, arguments: null, autoDelete: true);
        _test.Host.DeleteUnused(first);

        Assert.Same(second, _test.Host.GetQueue("q", owner: null));
    }

    [Fact]
    public void DeleteQueue_Missing_DeletesNothing() => Assert.Equal(0, _test.Host.DeleteQueue("q", owner: null, ifUnused: true, ifEmpty: true).MessageCount);

    [Fact]
    public void TopologyVersion_ChangesWithEveryChangeOfKnownWaysAndOnlyThen()
    {
        _test.Queue("q");
        long version = _test.Host.TopologyVersion;
        Action[] changes =
        [
            () => _test.Exchange("x", ExchangeType.Fanout),
            () => _test.Bind("x", "q"),
            () => _test.Unbind("x", "q"),
            () => _test.Host.DeleteExchange("x", ifUnused: false),
            () => _test.Host.DeleteQueue("q", owner: null, ifUnused: false, ifEmpty: false),
        ];
        foreach (Action change in changes)
        {
            change();
            Assert.NotEqual(version, _test.Host.TopologyVersion);
            version = _test.Host.TopologyVersion;
        }

        _test.Host.DeleteQueue("q", owner: null, ifUnused: false, ifEmpty: false);
        var result = new RouteResult();
        _test.Host.DefaultExchange.Route(new RouteRequest("q"u8), result);
        Assert.False(result.IsKeyDecisive); // That there is no way is not to be cached,
        _test.Queue("q");
        Assert.Equal(version, _test.Host.TopologyVersion); // because this does not tell.
    }

    [Fact]
    public void DeclareQueue_SameNameFromManyThreads_GivesOneQueue()
    {
        for (int round = 0; round < 50; round++)
        {
            string name = $"q{round}";
            var declared = new DeclaredQueue[8];
            Parallel.For(0, declared.Length, i => declared[i] = _test.Host.DeclareQueue(Settings(name)));

            Assert.Single(declared, result => result.Created);
            Assert.All(declared, result => Assert.Same(declared[0].Queue, result.Queue));
        }

        Assert.Equal(50, _test.Metadata.Logs.Count);
    }

    private static QueueSettings Settings(string name) =>
        new(name, Durable: true, Exclusive: false, AutoDelete: false, Arguments: null, Owner: null);

    private static void AssertRefused(RefusalReason reason, string text, Action action) => Refusals.AssertRefused(reason, text, action);
}
