using System.Text;
using Ropeway.Core.Routing;
using Ropeway.Core.Tests.Topology;
using Ropeway.Messages;
using Ropeway.Tests;

namespace Ropeway.Core.Tests.Routing;

public sealed class DirectAndFanoutRouterTests
{
    private readonly TestHost _test = new();

    [Fact]
    public void Direct_KeyOfSeveralBindings_ReachesEachQueueOnce()
    {
        _test.Queue("a");
        _test.Queue("b");
        _test.Bind("amq.direct", "a", "red");
        _test.Bind("amq.direct", "a", "green");
        _test.Bind("amq.direct", "b", "red");

        Assert.Equal("a,b", _test.Route("amq.direct", "red"));
        Assert.Equal("a", _test.Route("amq.direct", "green"));
        Assert.Equal(string.Empty, _test.Route("amq.direct", "gree"));
        Assert.Equal(string.Empty, _test.Route("amq.direct", "red.green"));
    }

    [Fact]
    public void Direct_BindingsThatDifferInArgumentsOnly_StayUntilBothAreRemoved()
    {
        _test.Queue("a");
        var arguments = new FieldTable { ["note"] = "second" };
        _test.Bind("amq.direct", "a", "k");
        _test.Bind("amq.direct", "a", "k", arguments);
        _test.Unbind("amq.direct", "a", "k");
        Assert.Equal("a", _test.Route("amq.direct", "k"));
        _test.Unbind("amq.direct", "a", "k", arguments);
        Assert.Equal(string.Empty, _test.Route("amq.direct", "k"));
    }

    [Fact]
    public void Fanout_AnyKey_ReachesAllQueuesOnce()
    {
        for (int i = 0; i < 300; i++)
        {
            _test.Queue($"q{i:000}");
            _test.Bind("amq.fanout", $"q{i:000}");
            _test.Bind("amq.fanout", $"q{i:000}", "again");
        }

        Assert.Equal(300, _test.Route("amq.fanout", "whatever").Split(',').Length);
        for (int i = 0; i < 300; i += 2)
        {
            _test.Unbind("amq.fanout", $"q{i:000}");
            _test.Unbind("amq.fanout", $"q{i:000}", "again");
        }

        Assert.Equal(150, _test.Route("amq.fanout", "whatever").Split(',').Length);
        Assert.StartsWith("q001,q003,", _test.Route("amq.fanout", string.Empty), StringComparison.Ordinal);
    }

    [Fact]
    public void Default_QueueName_ReachesThatQueue()
    {
        _test.Queue("ärger");
        _test.Queue("b");

        Assert.Equal("ärger", _test.Route(string.Empty, "ärger"));
        Assert.Equal(string.Empty, _test.Route(string.Empty, "c"));
        _test.Host.DeleteQueue("ärger", owner: null, ifUnused: false, ifEmpty: false);
        Assert.Equal(string.Empty, _test.Route(string.Empty, "ärger"));
    }

    [Fact]
    public void Route_SeveralKeys_CollectDistinctQueues()
    {
        _test.Queue("a");
        _test.Queue("b");
        var result = new RouteResult();
        foreach (string key in (string[])["a", "b", "a", "c"])
        {
            _test.Host.DefaultExchange.Route(new RouteRequest(Encoding.UTF8.GetBytes(key)), result);
        }

        Assert.Equal("a,b", string.Join(',', result.Queues.ToArray().Select(queue => queue.Name)));
        result.Clear();
        Assert.Equal(0, result.Count);
    }

    [Theory]
    [InlineData("amq.direct")]
    [InlineData("amq.fanout")]
    [InlineData("")]
    public void Route_SteadyState_AllocatesNothing(string exchangeName)
    {
        for (int i = 0; i < 50; i++)
        {
            _test.Queue($"q{i}");
            _test.Bind("amq.direct", $"q{i}", "q1");
            _test.Bind("amq.fanout", $"q{i}");
        }

        Exchange exchange = _test.Host.GetExchange(exchangeName);
        var result = new RouteResult();
        Assert.Equal(0, Allocations.Least(() =>
        {
            result.Clear();
            exchange.Route(new RouteRequest("q1"u8), result);
        }));
        Assert.True(result.Count > 0);
    }

    [Fact]
    public async Task Route_WhileBindingsComeAndGo_AlwaysFindsThoseThatStay()
    {
        for (int i = 0; i < 20; i++)
        {
            _test.Queue($"stay{i}");
            _test.Queue($"go{i}");
        }

        foreach (string exchange in (string[])["amq.direct", "amq.fanout", "amq.topic"])
        {
            for (int i = 0; i < 20; i++)
            {
                _test.Bind(exchange, $"stay{i}", "k.1");
            }
        }

        using var stop = new CancellationTokenSource();
        Task writer = Task.Run(() => BindAndUnbind(stop.Token));
        string[] shortfalls = [];
        for (int i = 0; i < 5_000 && shortfalls.Length == 0; i++)
        {
            shortfalls = [.. ((string[])["amq.direct", "amq.fanout", "amq.topic"]).Where(exchange => CountStaying(exchange) != 20)];
        }

        await stop.CancelAsync();
        await writer;
        Assert.Empty(shortfalls);
    }

    private int CountStaying(string exchange)
    {
        var result = new RouteResult();
        _test.Host.GetExchange(exchange).Route(new RouteRequest("k.1"u8), result);
        int count = 0;
        foreach (Ropeway.Core.Queues.Queue queue in result.Queues)
        {
            count += queue.Name.StartsWith("stay", StringComparison.Ordinal) ? 1 : 0;
        }

        return count;
    }

    private void BindAndUnbind(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            foreach (string exchange in (string[])["amq.direct", "amq.fanout", "amq.topic"])
            {
                for (int i = 0; i < 20; i++)
                {
                    _test.Bind(exchange, $"go{i}", i % 2 == 0 ? "k.1" : $"k.{i}");
                    _test.Bind(exchange, $"go{i}", $"*.{i % 3}.#");
                }

                for (int i = 0; i < 20; i++)
                {
                    _test.Unbind(exchange, $"go{i}", i % 2 == 0 ? "k.1" : $"k.{i}");
                    _test.Unbind(exchange, $"go{i}", $"*.{i % 3}.#");
                }
            }
        }
    }
}
