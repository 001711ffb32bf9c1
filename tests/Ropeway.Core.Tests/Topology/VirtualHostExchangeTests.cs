using Ropeway.Core.Routing;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Topology;

public sealed class VirtualHostExchangeTests
{
    private readonly TestHost _test = new();

    [Fact]
    public void NewHost_HasThePredeclaredExchanges()
    {
        string found = string.Join(' ', _test.Host.ListExchanges()
            .OrderBy(exchange => exchange.Name, StringComparer.Ordinal)
            .Select(exchange => $"{exchange.Name}:{exchange.Type}:{exchange.Durable}:{exchange.Internal}"));

        Assert.Equal(
            ":Direct:True:False amq.direct:Direct:True:False amq.fanout:Fanout:True:False amq.headers:Headers:True:False "
            + "amq.match:Headers:True:False amq.rabbitmq.trace:Topic:True:True amq.topic:Topic:True:False",
            found);
    }

    [Fact]
    public void DeclareExchange_Again_GivesTheSame()
    {
        DeclaredExchange first = _test.Host.DeclareExchange(Settings("x"));
        DeclaredExchange second = _test.Host.DeclareExchange(Settings("x"));

        Assert.True(first.Created);
        Assert.False(second.Created);
        Assert.Same(first.Exchange, second.Exchange);
        Assert.Equal(first.CommitIndex, second.CommitIndex); // The second reply waits as well.
        Assert.NotEqual(0u, first.CommitIndex);
    }

    [Fact]
    public void DeclareExchange_NotDurable_IsNotJournalled()
    {
        ulong before = _test.Metadata.Index;

        Assert.Equal(0u, _test.Host.DeclareExchange(Settings("x") with { Durable = false }).CommitIndex);
        Assert.Equal(before, _test.Metadata.Index);
    }

    [Theory]
    [InlineData("type", "received 'fanout' but current is 'direct'")]
    [InlineData("durable", "received 'false' but current is 'true'")]
    [InlineData("auto_delete", "received 'true' but current is 'false'")]
    [InlineData("internal", "received 'true' but current is 'false'")]
    [InlineData("alternate-exchange", "received the value 'y' of type 'longstr' but current is none")]
    public void DeclareExchange_Different_IsRefused(string argument, string expected)
    {
        _test.Host.DeclareExchange(Settings("x"));
        ExchangeSettings wanted = argument switch
        {
            "type" => Settings("x") with { Type = ExchangeType.Fanout },
            "durable" => Settings("x") with { Durable = false },
            "auto_delete" => Settings("x") with { AutoDelete = true },
            "internal" => Settings("x") with { Internal = true },
            _ => Settings("x") with { Arguments = new FieldTable { ["alternate-exchange"] = "y" } },
        };

        AssertRefused(
            RefusalReason.PreconditionFailed,
            $"inequivalent arg '{argument}' for exchange 'x' in vhost '/': {expected}",
            () => _test.Host.DeclareExchange(wanted));
    }

    [Fact]
    public void DeclareExchange_UnknownArgumentsDiffer_IsTheSame()
    {
        _test.Host.DeclareExchange(Settings("x"));

        Assert.False(_test.Host.DeclareExchange(Settings("x") with { Arguments = new FieldTable { ["owner"] = "me" } }).Created);
    }

    [Fact]
    public void DeclareExchange_AlternateOfWrongType_IsRefused() => AssertRefused(
        RefusalReason.PreconditionFailed,
        "invalid type 'signedint' for arg 'alternate-exchange' in exchange 'x' in vhost '/'",
        () => _test.Host.DeclareExchange(Settings("x") with { Arguments = new FieldTable { ["alternate-exchange"] = 1 } }));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-1L, "-1")]
    [InlineData("ten", "<<\"ten\">>")]
    public void DeclareExchange_HistoryLengthThatIsNone_IsRefused(object length, string shown) => AssertRefused(
        RefusalReason.PreconditionFailed,
        $"Invalid argument {shown}, 'x-recent-history-length' must be a positive integer",
        () => _test.Exchange("x", ExchangeType.RecentHistory, arguments: new FieldTable { ["x-recent-history-length"] = length }));

    [Fact]
    public void DeclareExchange_ReservedName_IsRefused() => AssertRefused(
        RefusalReason.AccessRefused,
        "exchange name 'amq.mine' contains reserved prefix 'amq.*'",
        () => _test.Host.DeclareExchange(Settings("amq.mine")));

    [Fact]
    public void DeclareExchange_PredeclaredOne_IsChecked()
    {
        Assert.False(_test.Host.DeclareExchange(Settings("amq.direct")).Created);
        AssertRefused(
            RefusalReason.PreconditionFailed,
            "inequivalent arg 'type' for exchange 'amq.fanout' in vhost '/': received 'direct' but current is 'fanout'",
            () => _test.Host.DeclareExchange(Settings("amq.fanout")));
    }

    [Fact]
    public void AnyChangeOfTheDefaultExchange_IsRefused()
    {
        _test.Queue("q");
        _test.Exchange("x", ExchangeType.Fanout);
        Action[] changes =
        [
            () => _test.Host.DeclareExchange(Settings(string.Empty)),
            () => _test.Host.CheckExchange(string.Empty),
            () => _test.Host.DeleteExchange(string.Empty, ifUnused: false),
            () => _test.Bind(string.Empty, "q", "k"),
            () => _test.Unbind(string.Empty, "q", "q"),
            () => _test.Host.BindExchange("x", string.Empty, "k", arguments: null),
            () => _test.Host.BindExchange(string.Empty, "x", "k", arguments: null),
            () => _test.Host.UnbindExchange("x", string.Empty, "k", arguments: null),
            () => _test.Host.UnbindExchange(string.Empty, "x", "k", arguments: null),
        ];

        Assert.All(changes, change => AssertRefused(RefusalReason.AccessRefused, "operation not permitted on the default exchange", change));
    }

    [Fact]
    public void CheckExchange_Missing_IsNotFound() =>
        AssertRefused(RefusalReason.NotFound, "no exchange 'x' in vhost '/'", () => _test.Host.CheckExchange("x"));

    [Fact]
    public void CheckExchange_Existing_IsFoundWhateverItsSettings()
    {
        _test.Exchange("x", ExchangeType.Headers);

        Assert.Equal(ExchangeType.Headers, _test.Host.CheckExchange("x").Exchange.Type);
    }

    [Fact]
    public void DeleteExchange_TakesItsBindingsAlong()
    {
        _test.Exchange("x", ExchangeType.Fanout, durable: true);
        _test.Exchange("in", ExchangeType.Fanout, durable: true);
        _test.Queue("q", durable: true);
        _test.Bind("x", "q");
        _test.Host.BindExchange("in", "x", string.Empty, arguments: null);
        Assert.Equal("q", _test.Route("in", "k"));
        long version = _test.Host.TopologyVersion;

        Assert.NotEqual(0u, _test.Host.DeleteExchange("x", ifUnused: false));
        Assert.Equal(string.Empty, _test.Route("in", "k"));
        Assert.Empty(_test.Host.ListBindings());
        Assert.NotEqual(version, _test.Host.TopologyVersion);
        Assert.Empty(_test.Restart().Host.ListBindings());
    }

    [Fact]
    public void DeleteExchange_IfUnused_IsRefusedWhileBound()
    {
        _test.Exchange("x", ExchangeType.Fanout);
        _test.Exchange("in", ExchangeType.Fanout);
        _test.Queue("q");
        _test.Host.BindExchange("in", "x", string.Empty, arguments: null); // Being a destination is no use.
        _test.Bind("x", "q");
        AssertRefused(RefusalReason.PreconditionFailed, "exchange 'x' in vhost '/' in use", () => _test.Host.DeleteExchange("x", ifUnused: true));
        _test.Unbind("x", "q");
        _test.Host.DeleteExchange("x", ifUnused: true);

        Assert.False(_test.Host.TryGetExchange("x", out _));
    }

    [Fact]
    public void DeleteExchange_Missing_IsFine() => _test.Host.DeleteExchange("x", ifUnused: true);

    [Fact]
    public void DeleteExchange_OfTheBroker_IsRefused() => AssertRefused(
        RefusalReason.AccessRefused,
        "deletion of system exchange 'amq.topic' in vhost '/' not allowed",
        () => _test.Host.DeleteExchange("amq.topic", ifUnused: false));

    [Fact]
    public void AutoDeleteExchange_LosesItsLastBinding_GoesWithThoseBeforeIt()
    {
        _test.Exchange("a", ExchangeType.Fanout, durable: true, autoDelete: true);
        _test.Exchange("b", ExchangeType.Fanout, durable: true, autoDelete: true);
        _test.Queue("q", durable: true);
        _test.Queue("r", durable: true);
        _test.Bind("b", "q");
        _test.Bind("b", "r");
        _test.Host.BindExchange("a", "b", string.Empty, arguments: null);
        _test.Unbind("b", "r");
        Assert.True(_test.Host.TryGetExchange("b", out _));
        _test.Host.DeleteQueue("q", owner: null, ifUnused: false, ifEmpty: false);

        Assert.False(_test.Host.TryGetExchange("b", out _)); // Lost its last binding,
        Assert.False(_test.Host.TryGetExchange("a", out _)); // and this one its only destination.
        Assert.False(_test.Restart().Host.TryGetExchange("a", out _));
    }

    [Fact]
    public void AutoDeleteExchange_NeverBound_Stays()
    {
        _test.Exchange("a", ExchangeType.Fanout, autoDelete: true);
        _test.Queue("q");
        _test.Host.DeleteQueue("q", owner: null, ifUnused: false, ifEmpty: false);

        Assert.True(_test.Host.TryGetExchange("a", out _));
    }

    [Fact]
    public void AutoDeleteExchanges_InALongChain_AllGo()
    {
        const int Count = 20_000; // Deeper than any stack.
        for (int i = 0; i < Count; i++)
        {
            _test.Exchange($"x{i}", ExchangeType.Fanout, autoDelete: true);
        }

        for (int i = 1; i < Count; i++)
        {
            _test.Host.BindExchange($"x{i - 1}", $"x{i}", string.Empty, arguments: null);
        }

        _test.Queue("q");
        _test.Bind($"x{Count - 1}", "q");
        _test.Unbind($"x{Count - 1}", "q");

        Assert.Equal(7, _test.Host.ListExchanges().Count);
    }

    [Theory]
    [InlineData("direct", ExchangeType.Direct)]
    [InlineData("fanout", ExchangeType.Fanout)]
    [InlineData("topic", ExchangeType.Topic)]
    [InlineData("headers", ExchangeType.Headers)]
    [InlineData("x-consistent-hash", ExchangeType.ConsistentHash)]
    [InlineData("x-modulus-hash", ExchangeType.ModulusHash)]
    [InlineData("x-random", ExchangeType.Random)]
    [InlineData("x-recent-history", ExchangeType.RecentHistory)]
    public void ExchangeTypes_KnownName_IsRead(string name, ExchangeType expected)
    {
        Assert.Equal(expected, ExchangeTypes.Parse(name));
        Assert.Equal(name, ExchangeTypes.GetName(expected));
    }

    [Fact]
    public void ExchangeTypes_UnknownName_IsRefused() =>
        AssertRefused(RefusalReason.PreconditionFailed, "unknown exchange type 'x-lottery'", () => ExchangeTypes.Parse("x-lottery"));

    private static ExchangeSettings Settings(string name) =>
        new(name, ExchangeType.Direct, Durable: true, AutoDelete: false, Internal: false, Arguments: null);

    private static void AssertRefused(RefusalReason reason, string text, Action action) => Refusals.AssertRefused(reason, text, action);
}
