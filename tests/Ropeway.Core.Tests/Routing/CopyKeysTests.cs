using System.Text;
using Ropeway.Core.Routing;
using Ropeway.Core.Tests.Topology;
using Ropeway.Messages;
using Ropeway.Tests;

namespace Ropeway.Core.Tests.Routing;

public sealed class CopyKeysTests
{
    private readonly TestHost _test = new();

    public CopyKeysTests()
    {
        foreach (string queue in (string[])["a", "b", "c", "d"])
        {
            _test.Queue(queue);
        }
    }

    [Fact]
    public void Read_BothHeaders_GivesTheirTexts()
    {
        var headers = new FieldTable
        {
            ["first"] = "CC",
            ["BCC"] = new FieldArray(["z", 5, "ü"]),
            ["CC"] = new FieldArray([null, "x", string.Empty, new FieldArray(["inner"]), "y"]),
        };

        Assert.Equal(["x", string.Empty, "y", "z", "ü"], Keys(headers, out bool areAny));
        Assert.True(areAny);
    }

    [Fact]
    public void Read_OtherHeaders_GivesNone()
    {
        Assert.Empty(Keys(new FieldTable { ["cc"] = new FieldArray(["x"]), ["ACC"] = 1, ["CCx"] = "y" }, out bool areAny));
        Assert.False(areAny);
        Assert.Empty(Keys(new FieldTable { ["CC"] = new FieldArray([]) }, out areAny));
        Assert.True(areAny);
    }

    [Theory]
    [InlineData("CC", "text", "longstr")]
    [InlineData("BCC", "text", "longstr")]
    [InlineData("CC", 1, "signedint")]
    [InlineData("CC", true, "bool")]
    [InlineData("BCC", null, "void")]
    public void Read_NoArray_TellsTheType(string name, object? value, string type)
    {
        Assert.False(CopyKeys.TryRead(FieldTableCodec.ToArray(new FieldTable { [name] = value }), out _, out string? problem));
        Assert.Equal($"{{unacceptable_type_in_header,\"{name}\",{type}}}", problem);
    }

    [Fact]
    public void Route_DirectAndTopicAndDefault_TakeEveryKey()
    {
        _test.Bind("amq.direct", "a", "k");
        _test.Bind("amq.direct", "b", "k2");
        _test.Bind("amq.direct", "a", "k3");
        _test.Bind("amq.topic", "c", "one.*");
        _test.Bind("amq.topic", "d", "two.#");

        Assert.Equal("a,b", Route("amq.direct", "k", cc: ["k2", "k3", "k4"]));
        Assert.Equal("b", Route("amq.direct", "none", cc: ["k2"]));
        Assert.Equal("c,d", Route("amq.topic", "two", cc: [], bcc: ["one.x"]));
        Assert.Equal("a,b,c", Route(string.Empty, "a", cc: ["c"], bcc: ["b", "nowhere"]));
    }

    [Fact]
    public void Route_Copies_GoThroughExchangesBetween()
    {
        _test.Exchange("next", ExchangeType.Direct);
        _test.Bind("next", "a", "k1");
        _test.Bind("next", "b", "k2");
        _test.Host.BindExchange("amq.fanout", "next", string.Empty, arguments: null);

        Assert.Equal("a,b", Route("amq.fanout", "k1", cc: ["k2"]));
    }

    [Fact]
    public void Route_AnyKeyMatches_LeavesTheAlternateExchangeOut()
    {
        _test.Exchange("spare", ExchangeType.Fanout);
        _test.Bind("spare", "d");
        _test.Exchange("x", ExchangeType.Direct, arguments: new FieldTable { ["alternate-exchange"] = "spare" });
        _test.Bind("x", "a", "k");

        Assert.Equal("a", Route("x", "none", cc: ["k"]));
        Assert.Equal("a", Route("x", "k", cc: ["none"]));
        Assert.Equal("d", Route("x", "none", cc: ["none"]));
    }

    [Theory]
    [InlineData(ExchangeType.Random)]
    [InlineData(ExchangeType.ModulusHash)]
    [InlineData(ExchangeType.ConsistentHash)]
    public void Route_ExchangesThatTakeOneWay_StillTakeOne(ExchangeType type)
    {
        _test.Exchange("x", type);
        foreach (string queue in (string[])["a", "b", "c", "d"])
        {
            _test.Bind("x", queue, "1");
        }

        for (int i = 0; i < 100; i++)
        {
            Assert.Single(Route("x", $"k{i}", cc: ["x", "y", "z"]));
        }
    }

    [Fact]
    public void Route_SteadyState_AllocatesNothing()
    {
        _test.Bind("amq.direct", "b", "k2");
        byte[] headers = Headers(["k2", "k3"], ["k4"]);
        Exchange exchange = _test.Host.GetExchange("amq.direct");
        var result = new RouteResult();
        Assert.Equal(0, Allocations.Least(() =>
        {
            CopyKeys.TryRead(headers, out CopyKeys copies, out _);
            result.Clear();
            exchange.Route(new RouteRequest("k1"u8, headers) { Copies = copies }, result);
        }));
        Assert.Equal(1, result.Count);
    }

    private static byte[] Headers(string[] cc, string[] bcc) =>
        FieldTableCodec.ToArray(new FieldTable { ["CC"] = new FieldArray(cc), ["BCC"] = new FieldArray(bcc) });

    private static List<string> Keys(FieldTable table, out bool areAny)
    {
        byte[] headers = FieldTableCodec.ToArray(table);
        Assert.True(CopyKeys.TryRead(headers, out CopyKeys keys, out _));
        var texts = new List<string>();
        foreach (ReadOnlySpan<byte> key in keys)
        {
            texts.Add(Encoding.UTF8.GetString(key));
        }

        areAny = keys.AreAny;
        Assert.True(!areAny || CopyKeys.MayBeIn(headers));
        return texts;
    }

    private string Route(string exchange, string key, string[] cc, string[]? bcc = null)
    {
        byte[] headers = Headers(cc, bcc ?? []);
        Assert.True(CopyKeys.TryRead(headers, out CopyKeys copies, out _));
        var result = new RouteResult();
        _test.Host.GetExchange(exchange).Route(new RouteRequest(Encoding.UTF8.GetBytes(key), headers) { Copies = copies }, result);
        return string.Join(',', result.Queues.ToArray().Select(queue => queue.Name).Order(StringComparer.Ordinal));
    }
}
