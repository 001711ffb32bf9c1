using Ropeway.Core.Routing;
using Ropeway.Core.Tests.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Routing;

public sealed class ExchangeToExchangeTests
{
    private readonly TestHost _test = new();

    [Fact]
    public void Route_OverExchanges_ReachesTheirQueues()
    {
        _test.Exchange("in", ExchangeType.Topic);
        _test.Exchange("errors", ExchangeType.Fanout);
        _test.Queue("a");
        _test.Queue("b");
        _test.Host.BindExchange("in", "errors", "*.error", arguments: null);
        _test.Bind("in", "a", "#");
        _test.Bind("errors", "a");
        _test.Bind("errors", "b");

        Assert.Equal("a,b", _test.Route("in", "app.error"));
        Assert.Equal("a", _test.Route("in", "app.note"));
        _test.Host.UnbindExchange("in", "errors", "*.error", arguments: null);
        Assert.Equal("a", _test.Route("in", "app.error"));
    }

    [Fact]
    public void Route_InACircle_Ends()
    {
        for (int i = 0; i < 40; i++)
        {
            _test.Exchange($"x{i}", ExchangeType.Fanout);
            _test.Queue($"q{i:00}");
            _test.Bind($"x{i}", $"q{i:00}");
        }

        for (int i = 0; i < 40; i++)
        {
            _test.Host.BindExchange($"x{i}", $"x{(i + 1) % 40}", string.Empty, arguments: null);
            _test.Host.BindExchange($"x{i}", $"x{i}", string.Empty, arguments: null);
            _test.Host.BindExchange($"x{i}", $"x{(i * 7) % 40}", string.Empty, arguments: null);
        }

        Assert.Equal(40, _test.Route("x17", "k").Split(',').Length);
    }

    [Fact]
    public void Route_NothingMatches_GoesToAlternateExchange()
    {
        _test.Exchange("main", ExchangeType.Direct, arguments: new FieldTable { ["alternate-exchange"] = "spare" });
        _test.Queue("a");
        _test.Queue("lost");
        _test.Bind("main", "a", "k");
        Assert.Equal(string.Empty, _test.Route("main", "unknown")); // The alternate exchange need not exist.
        _test.Exchange("spare", ExchangeType.Fanout);
        _test.Bind("spare", "lost");

        Assert.Equal("lost", _test.Route("main", "unknown"));
        Assert.Equal("a", _test.Route("main", "k"));
    }

    [Fact]
    public void Route_AlternateExchangesInACircle_Ends()
    {
        _test.Exchange("a", ExchangeType.Direct, arguments: new FieldTable { ["alternate-exchange"] = "b" });
        _test.Exchange("b", ExchangeType.Direct, arguments: new FieldTable { ["alternate-exchange"] = "a" });

        Assert.Equal(string.Empty, _test.Route("a", "k"));
    }

    [Fact]
    public void Route_QueueFoundBefore_DoesNotCountAsUnmatched()
    {
        _test.Exchange("spare", ExchangeType.Fanout);
        _test.Exchange("first", ExchangeType.Fanout);
        _test.Exchange("second", ExchangeType.Fanout, arguments: new FieldTable { ["alternate-exchange"] = "spare" });
        _test.Queue("a");
        _test.Queue("lost");
        _test.Bind("spare", "lost");
        _test.Bind("first", "a");
        _test.Bind("second", "a");
        _test.Host.BindExchange("first", "second", string.Empty, arguments: null);

        Assert.Equal("a", _test.Route("first", "k"));
    }
}
