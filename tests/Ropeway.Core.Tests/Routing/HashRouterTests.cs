using System.Text;
using Ropeway.Core.Routing;
using Ropeway.Core.Tests.Topology;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Tests;

namespace Ropeway.Core.Tests.Routing;

public sealed class HashRouterTests
{
    private const int KeyCount = 20_000;

    private readonly TestHost _test = new();

    [Fact]
    public void ConsistentHash_Weights_DecideTheShares()
    {
        Bind("a:1 b:2 c:5");
        Dictionary<string, int> counts = Ways().GroupBy(way => way).ToDictionary(group => group.Key, group => group.Count());

        Assert.Equal(3, counts.Count);
        Assert.InRange(counts["a"], KeyCount / 8 * 0.93, KeyCount / 8 * 1.07);
        Assert.InRange(counts["b"], KeyCount / 4 * 0.95, KeyCount / 4 * 1.05);
        Assert.InRange(counts["c"], KeyCount * 5 / 8 * 0.97, KeyCount * 5 / 8 * 1.03);
    }

    [Fact]
    public void ConsistentHash_BindingComesAndGoes_MovesItsShareOnly()
    {
        Bind("a:1 b:2 c:1");
        string[] before = Ways();
        Bind("d:1");
        string[] with = Ways();
        Assert.All(before.Zip(with), way => Assert.True(way.First == way.Second || way.Second == "d"));
        Assert.InRange(with.Count(way => way == "d"), KeyCount / 5 * 0.93, KeyCount / 5 * 1.07);

        _test.Unbind("x", "d", "1");
        Assert.Equal(before, Ways());
        _test.Unbind("x", "b", "2"); // Not the last one that was bound.
        Assert.All(before.Zip(Ways()), way => Assert.True(way.First == way.Second || way.First == "b"));
    }

    [Fact]
    public void ConsistentHash_Restart_ChangesNoWay()
    {
        _test.Exchange("x", ExchangeType.ConsistentHash, durable: true);
        foreach (string queue in (string[])["q3", "q1", "q2"])
        {
            _test.Queue(queue, durable: true);
            _test.Bind("x", queue, "10");
        }

        Assert.Equal(Ways(), Ways(_test.Restart()));
    }

    [Fact]
    public void ConsistentHash_TheSameEverywhere_KeepsItsWays() // A new release must not send messages elsewhere.
    {
        Bind("a:1 b:1 c:1 d:1");

        Assert.Equal("d d c c b c a a", string.Join(' ', Ways().Take(8)));
    }

    [Fact]
    public void ConsistentHash_Header_DecidesInPlaceOfTheKey()
    {
        _test.Exchange("h", ExchangeType.ConsistentHash, arguments: new FieldTable { ["hash-header"] = "customer" });
        BindTo("h", "a:1 b:1 c:1 d:1");
        var ways = new HashSet<string>();
        for (int customer = 0; customer < 50; customer++)
        {
            string way = _test.Route("h", "k1", new FieldTable { ["customer"] = customer });
            Assert.Equal(way, _test.Route("h", "k2", new FieldTable { ["other"] = 1, ["customer"] = (long)customer }));
            ways.Add(way);
        }

        Assert.Equal(4, ways.Count);
        Assert.Equal(_test.Route("h", "k1"), _test.Route("h", "k2", new FieldTable { ["other"] = 1 })); // Without the header: all one way.
        Assert.NotEqual(string.Empty, _test.Route("h", "k1"));
    }

    [Theory]
    [InlineData("message_id")]
    [InlineData("correlation_id")]
    [InlineData("timestamp")]
    public void ConsistentHash_Property_DecidesInPlaceOfTheKey(string property)
    {
        _test.Exchange("p", ExchangeType.ConsistentHash, arguments: new FieldTable { ["hash-property"] = property });
        BindTo("p", "a:1 b:1 c:1 d:1");
        var ways = new HashSet<string>();
        for (int i = 0; i < 50; i++)
        {
            string way = RouteByProperties(property, i, "k1");
            Assert.Equal(way, RouteByProperties(property, i, "k2"));
            ways.Add(way);
        }

        Assert.Equal(4, ways.Count);
    }

    [Fact]
    public void ConsistentHash_WithoutBindings_ReachesNobody()
    {
        _test.Exchange("x", ExchangeType.ConsistentHash);

        Assert.Equal(string.Empty, _test.Route("x", "k"));
    }

    [Theory]
    [InlineData("0", "The binding key must be greater than 0")]
    [InlineData("-1", "The binding key must be greater than 0")]
    [InlineData("", "The binding key must be an integer: <<\"\">>")]
    [InlineData("1.5", "The binding key must be an integer: <<\"1.5\">>")]
    [InlineData("ten", "The binding key must be an integer: <<\"ten\">>")]
    [InlineData("10001", "The binding key must not exceed 10000")]
    [InlineData("99999999999999999999", "The binding key must not exceed 10000")]
    public void ConsistentHash_KeyThatIsNoWeight_IsRefused(string key, string text)
    {
        _test.Exchange("x", ExchangeType.ConsistentHash);
        _test.Queue("a");

        Refusals.AssertRefused(RefusalReason.PreconditionFailed, text, () => _test.Bind("x", "a", key));
        _test.Bind("x", "a", "10000");
    }

    [Fact]
    public void ConsistentHash_WrongArguments_AreRefused()
    {
        AssertRefused("Unsupported property: app_id", new FieldTable { ["hash-property"] = "app_id" });
        AssertRefused("hash-header and hash-property are mutually exclusive", new FieldTable { ["hash-property"] = "message_id", ["hash-header"] = "h" });
        AssertRefused("invalid type 'signedint' for arg 'hash-header' in exchange 'x' in vhost '/'", new FieldTable { ["hash-header"] = 1 });
        _test.Exchange("y", ExchangeType.Direct, arguments: new FieldTable { ["hash-property"] = "app_id" }); // Means nothing elsewhere.
    }

    [Fact]
    public void ModulusHash_Key_AlwaysTakesOneAndTheSameWay()
    {
        _test.Exchange("x", ExchangeType.ModulusHash, durable: true);
        foreach (string queue in (string[])["q2", "q3", "q1"])
        {
            _test.Queue(queue, durable: true);
            _test.Bind("x", queue, "ignored");
        }

        string[] ways = Ways();
        Assert.All(ways.GroupBy(way => way), group => Assert.InRange(group.Count(), KeyCount / 3 * 0.95, KeyCount / 3 * 1.05));
        Assert.Equal(3, ways.Distinct().Count());
        Assert.Equal(ways, Ways());
        Assert.Equal(ways, Ways(_test.Restart()));
        _test.Unbind("x", "q1", "ignored");
        Assert.Equal(["q2", "q3"], Ways().Distinct().Order());
    }

    [Fact]
    public void Random_EveryMessage_TakesOneOfAllWays()
    {
        _test.Exchange("x", ExchangeType.Random);
        BindTo("x", "a:1 b:1 c:1 d:1");
        var counts = new Dictionary<string, int>();
        for (int i = 0; i < KeyCount; i++)
        {
            string way = _test.Route("x", "k");
            counts[way] = counts.GetValueOrDefault(way) + 1;
        }

        Assert.Equal(["a", "b", "c", "d"], counts.Keys.Order());
        Assert.All(counts.Values, count => Assert.InRange(count, KeyCount / 4 * 0.93, KeyCount / 4 * 1.07));
        var result = new RouteResult();
        _test.Host.GetExchange("x").Route(new RouteRequest("k"u8), result);
        Assert.False(result.IsKeyDecisive);
    }

    [Theory]
    [InlineData(ExchangeType.ConsistentHash)]
    [InlineData(ExchangeType.ModulusHash)]
    [InlineData(ExchangeType.Random)]
    public void Route_SteadyState_AllocatesNothing(ExchangeType type)
    {
        _test.Exchange("x", type);
        BindTo("x", "a:1 b:2 c:3");
        Exchange exchange = _test.Host.GetExchange("x");
        var result = new RouteResult();
        Assert.Equal(0, Allocations.Least(() =>
        {
            result.Clear();
            exchange.Route(new RouteRequest("key"u8), result);
        }));
        Assert.Equal(1, result.Count);
    }

    private string RouteByProperties(string property, int number, string key)
    {
        byte[] text = Encoding.UTF8.GetBytes(number.ToString());
        var result = new RouteResult();
        _test.Host.GetExchange("p").Route(
            new RouteRequest(Encoding.UTF8.GetBytes(key))
            {
                MessageId = property == "message_id" ? text : [],
                CorrelationId = property == "correlation_id" ? text : [],
                TimestampSeconds = property == "timestamp" ? (ulong)number : 0,
            },
            result);
        Assert.False(result.IsKeyDecisive);
        Assert.Equal(1, result.Count);
        return result.Queues[0].Name;
    }

    private void Bind(string weights)
    {
        if (!_test.Host.TryGetExchange("x", out _))
        {
            _test.Exchange("x", ExchangeType.ConsistentHash);
        }

        BindTo("x", weights);
    }

    private void BindTo(string exchange, string weights)
    {
        foreach (string[] parts in weights.Split(' ').Select(weight => weight.Split(':')))
        {
            _test.Queue(parts[0]);
            _test.Bind(exchange, parts[0], parts[1]);
        }
    }

    private string[] Ways(TestHost? test = null) => [.. Enumerable.Range(0, KeyCount).Select(i => (test ?? _test).Route("x", $"key.{i}"))];

    private void AssertRefused(string text, FieldTable arguments) => Refusals.AssertRefused(
        RefusalReason.PreconditionFailed, text, () => _test.Exchange("x", ExchangeType.ConsistentHash, arguments: arguments));
}
