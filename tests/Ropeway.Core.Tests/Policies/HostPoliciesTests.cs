using Ropeway.Core.Policies;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Tests.Topology;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Policies;

/// <summary>What policies do to queues and exchanges.</summary>
public sealed class HostPoliciesTests
{
    private readonly TestHost _test = new();

    private HostPolicies Policies => _test.Host.Policies;

    [Fact]
    public void Set_QueuesThatExistAndThoseToCome_FollowAtOnce()
    {
        Queue before = _test.Queue("logs.1");
        Queue other = _test.Queue("orders");
        Assert.NotEqual(0u, Set("p", "^logs", new FieldTable { ["max-length"] = 5 }));
        Queue after = _test.Queue("logs.2");

        Assert.Equal(5, before.Effective.MaxLength);
        Assert.Equal(5, after.Effective.MaxLength);
        Assert.Same(before.Effective, after.Effective); // One for all, because they may be 100,000.
        Assert.Null(other.Effective.MaxLength);

        Set("p", "^orders", new FieldTable { ["message-ttl"] = 7 });
        Assert.Null(before.Effective.MaxLength);
        Assert.Equal(7, other.Effective.MessageTtlMs);

        Assert.True(Policies.TryDelete(PolicyKind.User, "p", out ulong index));
        Assert.NotEqual(0u, index);
        Assert.Null(other.Effective.MessageTtlMs);
        Assert.False(Policies.TryDelete(PolicyKind.User, "p", out _));
    }

    [Fact]
    public void Set_SeveralThatMatch_TheHighestPriorityHoldsAlone()
    {
        Queue queue = _test.Queue("q");
        Set("low", ".*", new FieldTable { ["max-length"] = 1, ["message-ttl"] = 1 }, priority: 1);
        Set("high", "q", new FieldTable { ["max-length"] = 2 }, priority: 2);
        Assert.Equal((2L, null), (queue.Effective.MaxLength, queue.Effective.MessageTtlMs));
        Assert.Equal("high", Policies.Find(queue).User?.Name);

        Set("also", "q", new FieldTable { ["max-length"] = 3 }, priority: 2); // Equal: by name.
        Assert.Equal(3, queue.Effective.MaxLength);
        Set("high", "q", new FieldTable { ["max-length"] = 2 }, priority: 3);
        Assert.Equal(2, queue.Effective.MaxLength);
        Assert.Equal(["high", "also", "low"], Policies.List(PolicyKind.User).Select(policy => policy.Name));
    }

    [Fact]
    public void Set_OperatorPolicy_TightensTheUsers()
    {
        Queue queue = _test.Queue("q");
        Set("user", ".*", new FieldTable { ["max-length"] = 10, ["message-ttl"] = 5, ["overflow"] = "drop-head" });
        Set("limit", ".*", new FieldTable { ["max-length"] = 3, ["message-ttl"] = 50, ["expires"] = 9, ["overflow"] = "reject-publish" }, kind: PolicyKind.Operator);

        Assert.Equal((3L, 5L, 9L), (queue.Effective.MaxLength, queue.Effective.MessageTtlMs, queue.Effective.ExpiresMs));
        Assert.Equal(Overflow.RejectPublish, queue.Effective.Overflow);
        EffectivePolicy found = Policies.Find(queue);
        Assert.Equal(("user", "limit"), (found.User?.Name, found.Operator?.Name));
        Assert.Equal(
            new FieldTable { ["max-length"] = 3L, ["message-ttl"] = 5L, ["overflow"] = "reject-publish", ["expires"] = 9 },
            found.MergeDefinitions());
        Assert.Equal("limit", Assert.Single(Policies.List(PolicyKind.Operator)).Name);
    }

    [Theory]
    [InlineData(PolicyTarget.All, true, true)]
    [InlineData(PolicyTarget.Queues, true, true)]
    [InlineData(PolicyTarget.ClassicQueues, true, false)]
    [InlineData(PolicyTarget.QuorumQueues, false, true)]
    [InlineData(PolicyTarget.Streams, false, false)]
    public void Set_Target_DecidesByTheQueuesType(PolicyTarget target, bool isForClassic, bool isForQuorum)
    {
        Queue classic = _test.Queue("classic", durable: true);
        Queue quorum = _test.Queue("quorum", durable: true, new FieldTable { ["x-queue-type"] = "quorum" });
        Set("p", ".*", new FieldTable { ["max-length-bytes"] = 5 }, target);

        Assert.Equal((isForClassic ? 5L : null, isForQuorum ? 5L : (long?)null), (classic.Effective.MaxLengthBytes, quorum.Effective.MaxLengthBytes));
    }

    [Fact]
    public void Set_SettingThatATypeDoesNotHave_PassesThatTypeOver()
    {
        Queue classic = _test.Queue("classic", durable: true);
        Queue quorum = _test.Queue("quorum", durable: true, new FieldTable { ["x-queue-type"] = "quorum" });
        Set("p", ".*", new FieldTable { ["max-length"] = 5, ["delivery-limit"] = 7 });

        Assert.Null(classic.Effective.MaxLength);
        Assert.Equal((5L, 7L), (quorum.Effective.MaxLength, quorum.Effective.DeliveryLimit));
        Assert.True(Policies.Find(classic).IsNone);
    }

    [Fact]
    public void Set_RetryInSeveralPlaces_FollowsRabbitMqsRules()
    {
        Queue queue = _test.Queue("q", durable: true, new FieldTable { ["x-queue-type"] = "quorum", ["x-delayed-retry-type"] = "all", ["x-delayed-retry-min"] = 30 });
        Assert.Equal(new RetryRule(RetryKind.All, 30, 30), queue.Effective.Retry);

        Set("user", ".*", new FieldTable { ["delayed-retry-type"] = "failed", ["delayed-retry-min"] = 10, ["delayed-retry-max"] = 900 });
        Assert.Equal(new RetryRule(RetryKind.Failed, 10, 900), queue.Effective.Retry);

        Set("limit", ".*", new FieldTable { ["delayed-retry-type"] = "returned", ["delayed-retry-min"] = 20, ["delayed-retry-max"] = 800, ["delayed-retry-multiplier"] = 3 }, kind: PolicyKind.Operator);
        Assert.Equal(new RetryRule(RetryKind.Returned, 20, 800, Multiplier: 3), queue.Effective.Retry);
        Assert.Equal(20L, Policies.Find(queue).MergeDefinitions()["delayed-retry-min"]);

        Set("limit", ".*", new FieldTable { ["delayed-retry-type"] = "disabled" }, kind: PolicyKind.Operator);
        Assert.Null(queue.Effective.Retry);
    }

    [Fact]
    public void Set_AlternateExchange_HoldsWhereTheArgumentsNameNone()
    {
        _test.Queue("spare");
        _test.Queue("own");
        _test.Exchange("spare", ExchangeType.Fanout);
        _test.Bind("spare", "spare");
        _test.Exchange("own", ExchangeType.Fanout);
        _test.Bind("own", "own");
        _test.Exchange("x.1", ExchangeType.Direct);
        _test.Exchange("x.2", ExchangeType.Direct, arguments: new FieldTable { ["alternate-exchange"] = "own" });
        long version = _test.Host.TopologyVersion;
        Set("p", @"^x\.|amq.direct", new FieldTable { ["alternate-exchange"] = "spare" }, PolicyTarget.Exchanges);
        _test.Exchange("x.3", ExchangeType.Direct);

        Assert.NotEqual(version, _test.Host.TopologyVersion); // Cached ways count no more.
        Assert.Equal("spare", _test.Route("x.1", "k"));
        Assert.Equal("own", _test.Route("x.2", "k"));
        Assert.Equal("spare", _test.Route("x.3", "k"));
        Assert.Equal("spare", _test.Route("amq.direct", "k"));
        Assert.Equal("p", Policies.Find(_test.Host.GetExchange("x.3")).User?.Name);

        version = _test.Host.TopologyVersion;
        Policies.TryDelete(PolicyKind.User, "p", out _);
        Assert.NotEqual(version, _test.Host.TopologyVersion);
        Assert.Equal(string.Empty, _test.Route("x.1", "k"));
        Assert.Equal("own", _test.Route("x.2", "k"));
    }

    [Fact]
    public void Set_ArgumentAndPolicy_FollowRabbitMqsRules()
    {
        Queue queue = _test.Queue("q", durable: true, new FieldTable { ["x-queue-type"] = "quorum", ["x-queue-leader-locator"] = "balanced" });
        Set("p", ".*", new FieldTable { ["delivery-limit"] = 2, ["dead-letter-exchange"] = "dlx" });

        Assert.Equal(2, queue.Effective.DeliveryLimit);
        Assert.Equal("dlx", queue.Effective.DeadLetterExchange);
        Assert.Equal(QueueType.Quorum, queue.Effective.QueueType);
    }

    [Fact]
    public void Restart_KeepsPoliciesAndWhatTheyDo()
    {
        _test.Queue("q", durable: true);
        _test.Queue("spare", durable: true);
        _test.Bind("amq.fanout", "spare");
        Set("user", "^q$", new FieldTable { ["max-length"] = 10 }, PolicyTarget.Queues, priority: -5);
        Set("limit", ".*", new FieldTable { ["max-length"] = 3 }, kind: PolicyKind.Operator);
        Set("ae", "amq.direct", new FieldTable { ["alternate-exchange"] = "amq.fanout" }, PolicyTarget.Exchanges);
        Set("gone", ".*", new FieldTable { ["max-length"] = 1 }, priority: 100);
        Policies.TryDelete(PolicyKind.User, "gone", out _);
        TestHost after = _test.Restart();

        Assert.Equal(3, after.Host.GetQueue("q", owner: null).Effective.MaxLength);
        Assert.Equal("spare", after.Route("amq.direct", "k"));
        Policy policy = after.Host.Policies.List(PolicyKind.User)[^1];
        Assert.Equal(
            ("user", "^q$", PolicyTarget.Queues, -5L, new FieldTable { ["max-length"] = 10 }),
            (policy.Name, policy.Pattern, policy.Target, policy.Priority, policy.Definition));
    }

    [Fact]
    public void DeleteVirtualHost_TakesItsPoliciesAlong()
    {
        _test.Definitions.VirtualHosts.Create("tenant", out VirtualHost host);
        host.Policies.Set(Policy.Create(PolicyKind.User, "p", ".*", PolicyTarget.All, 0, new FieldTable { ["max-length"] = 1 }));
        _test.Definitions.VirtualHosts.Delete("tenant");

        Refusals.AssertRefused(
            RefusalReason.NotFound,
            "vhost 'tenant' not found",
            () => host.Policies.Set(Policy.Create(PolicyKind.User, "late", ".*", PolicyTarget.All, 0, new FieldTable { ["max-length"] = 1 })));
        TestHost after = _test.Restart();
        after.Definitions.VirtualHosts.Create("tenant", out host);
        Assert.Empty(host.Policies.List(PolicyKind.User));
    }

    [Fact]
    public void Set_WhileQueuesAreDeclared_ReachesAllOfThem()
    {
        Parallel.Invoke(
            () =>
            {
                for (int i = 0; i < 500; i++)
                {
                    _test.Queue($"q{i}");
                }
            },
            () =>
            {
                for (int i = 1; i <= 100; i++)
                {
                    Set("p", ".*", new FieldTable { ["max-length"] = i });
                }
            },
            () =>
            {
                for (int i = 1; i <= 100; i++)
                {
                    Set("limit", ".*", new FieldTable { ["message-ttl"] = i }, kind: PolicyKind.Operator);
                }
            });

        Assert.All(_test.Host.ListQueues(), queue => Assert.Equal((100L, 100L), (queue.Effective.MaxLength, queue.Effective.MessageTtlMs)));
    }

    private ulong Set(
        string name, string pattern, FieldTable definition, PolicyTarget target = PolicyTarget.All, long priority = 0, PolicyKind kind = PolicyKind.User) =>
        Policies.Set(Policy.Create(kind, name, pattern, target, priority, definition));
}
