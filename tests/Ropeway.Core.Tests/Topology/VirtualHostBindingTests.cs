using Ropeway.Core.Routing;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Topology;

public sealed class VirtualHostBindingTests
{
    private readonly TestHost _test = new();

    [Fact]
    public void Bind_MissingEnds_AreNotFound()
    {
        _test.Queue("q");
        _test.Exchange("x", ExchangeType.Fanout);

        AssertNotFound("no exchange 'nox' in vhost '/'", () => _test.Bind("nox", "noq"));
        AssertNotFound("no queue 'noq' in vhost '/'", () => _test.Bind("x", "noq"));
        AssertNotFound("no exchange 'nox' in vhost '/'", () => _test.Host.BindExchange("nox", "x", "k", arguments: null));
        AssertNotFound("no exchange 'nox' in vhost '/'", () => _test.Host.BindExchange("x", "nox", "k", arguments: null));
    }

    [Fact]
    public void Unbind_MissingEndsOrBinding_IsFine()
    {
        _test.Queue("q");

        _test.Unbind("nox", "noq");
        _test.Unbind("amq.direct", "noq");
        _test.Unbind("nox", "q");
        _test.Unbind("amq.direct", "q", "never");
        _test.Host.UnbindExchange("amq.direct", "nox", "k", arguments: null);
    }

    [Fact]
    public void Bind_Durability_NeedsBothEnds()
    {
        _test.Queue("durable", durable: true);
        _test.Queue("transient");
        _test.Exchange("x", ExchangeType.Fanout);
        object owner = new();
        _test.ExclusiveQueue("mine", owner, durable: true);

        Assert.NotEqual(0u, _test.Bind("amq.fanout", "durable"));
        Assert.Equal(0u, _test.Bind("amq.fanout", "transient"));
        Assert.Equal(0u, _test.Bind("x", "durable"));
        Assert.Equal(0u, _test.Host.BindQueue("amq.fanout", "mine", string.Empty, arguments: null, owner));
        Assert.Equal("durable", _test.Restart().Route("amq.fanout", "k"));
    }

    [Fact]
    public void Bind_Again_IsOneBinding()
    {
        _test.Queue("q", durable: true);
        ulong first = _test.Bind("amq.direct", "q", "k", new FieldTable { ["a"] = 1, ["b"] = 2 });
        long version = _test.Host.TopologyVersion;

        Assert.Equal(first, _test.Bind("amq.direct", "q", "k", new FieldTable { ["b"] = 2, ["a"] = 1 })); // Order does not count.
        Assert.Equal(version, _test.Host.TopologyVersion);
        Assert.Single(_test.Host.ListBindings());
        _test.Bind("amq.direct", "q", "k", new FieldTable { ["a"] = 1, ["b"] = 3 });
        Assert.Equal(2, _test.Host.ListBindings().Count);
        Assert.Equal(2, _test.Restart().Host.ListBindings().Count);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    [InlineData("c")]
    public void Unbind_OneOfAQueuesBindings_LeavesTheOthersUntilTheQueueGoes(string unbound)
    {
        _test.Queue("q");
        foreach (string key in new[] { "a", "b", "c" })
        {
            _test.Bind("amq.direct", "q", key);
        }

        _test.Unbind("amq.direct", "q", unbound);

        Assert.Equal(new[] { "a", "b", "c" }.Except([unbound]), _test.Host.ListBindings().Select(binding => binding.RoutingKey).Order());
        _test.Host.DeleteQueue("q", owner: null, ifUnused: false, ifEmpty: false);
        Assert.Empty(_test.Host.ListBindings());
    }

    [Fact]
    public void Bind_QueueAndExchangeOfOneName_AreTwoDestinations()
    {
        _test.Queue("same", durable: true);
        _test.Exchange("same", ExchangeType.Fanout, durable: true);
        _test.Bind("amq.direct", "same", "k");
        _test.Host.BindExchange("amq.direct", "same", "k", arguments: null);

        Assert.Equal(2, _test.Host.ListBindings().Count);
        _test.Host.UnbindExchange("amq.direct", "same", "k", arguments: null);
        Assert.Equal("same", _test.Restart().Route("amq.direct", "k"));
    }

    [Fact]
    public void Bind_RoutingKeyTooLong_IsRefused()
    {
        _test.Queue("q");

        Refusals.AssertRefused(
            RefusalReason.PreconditionFailed,
            "routing key of 256 bytes is longer than 255 bytes",
            () => _test.Bind("amq.direct", "q", new string('k', 256)));
    }

    [Fact]
    public void PropertiesKey_NamesTheBinding()
    {
        _test.Queue("q");
        _test.Bind("amq.direct", "q");
        _test.Bind("amq.direct", "q", "a.b/c~d");
        _test.Bind("amq.direct", "q", "k", new FieldTable { ["a"] = 1, ["b"] = 2 });
        string[] keys = [.. _test.Host.ListBindings().Select(binding => binding.PropertiesKey).Order(StringComparer.Ordinal)];

        Assert.Equal(["a.b%2Fc%7Ed", "~"], [keys[0], keys[2]]);
        Assert.Matches("^k~[A-Za-z0-9_-]{22}$", keys[1]);
    }

    private static void AssertNotFound(string text, Action action) => Refusals.AssertRefused(RefusalReason.NotFound, text, action);
}
