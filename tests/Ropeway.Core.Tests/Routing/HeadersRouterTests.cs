using Ropeway.Core.Routing;
using Ropeway.Core.Tests.Topology;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Tests;

namespace Ropeway.Core.Tests.Routing;

public sealed class HeadersRouterTests
{
    private readonly TestHost _test = new();

    public HeadersRouterTests() => _test.Queue("q");

    [Theory]
    [InlineData("all", "a=1 b=2", "a=1 b=2 c=3", true)]
    [InlineData("all", "a=1 b=2", "a=1", false)]
    [InlineData("all", "a=1 b=2", "a=1 b=3", false)]
    [InlineData("any", "a=1 b=2", "a=1", true)]
    [InlineData("any", "a=1 b=2", "b=2 c=1", true)]
    [InlineData("any", "a=1 b=2", "a=2 b=1", false)]
    [InlineData("any", "a=1", "", false)]
    [InlineData("", "a=1 b=2", "a=1", false)] // No x-match means all.
    [InlineData("", "a=1 b=2", "b=2 a=1", true)]
    [InlineData("all", "a=1 x-b=2", "a=1", true)] // Names with x- do not count ...
    [InlineData("all-with-x", "a=1 x-b=2", "a=1", false)] // ... unless asked for.
    [InlineData("all-with-x", "a=1 x-b=2", "a=1 x-b=2", true)]
    [InlineData("any", "a=1 x-b=2", "x-b=2", false)]
    [InlineData("any-with-x", "a=1 x-b=2", "x-b=2", true)]
    [InlineData("all", "a=", "a=1", true)] // No value: presence is enough.
    [InlineData("all", "a=", "b=1", false)]
    [InlineData("any", "a=", "a=1", true)]
    [InlineData("all", "", "", true)]
    [InlineData("any", "", "a=1", false)]
    [InlineData("all-with-x", "", "x-match=all-with-x", true)]
    public void Route_Headers_MatchesAsRabbitMqDoes(string mode, string arguments, string headers, bool expected)
    {
        FieldTable table = Table(arguments);
        if (mode.Length > 0)
        {
            table["x-match"] = mode;
        }

        _test.Bind("amq.headers", "q", "ignored", table);

        Assert.Equal(expected ? "q" : string.Empty, _test.Route("amq.headers", "other", Table(headers)));
    }

    public static TheoryData<object?, object?, bool> Values => new()
    {
        { 1, 1L, true }, // The width of integers does not count.
        { (byte)1, (short)1, true },
        { 1, 2, false },
        { 1, "1", false },
        { 1, 1.0, false },
        { 1.5f, 1.5, true },
        { "text", "text", true },
        { "text", "Text", false },
        { "ab", new byte[] { 0x61, 0x62 }, true },
        { true, true, true },
        { true, false, false },
        { true, 1, false },
        { null, "anything", true },
        { null, null, true },
        { "x", null, false },
        { new FieldTimestamp(5), new FieldTimestamp(5), true },
        { new FieldDecimal(1, 5), new FieldDecimal(1, 5), true },
        { new FieldDecimal(1, 5), new FieldDecimal(2, 5), false },
        { new FieldArray(["a"]), new FieldArray(["a"]), true },
        { new FieldArray(["a"]), new FieldArray(["b"]), false },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Route_Value_IsComparedByKind(object? argument, object? header, bool expected)
    {
        _test.Bind("amq.match", "q", string.Empty, new FieldTable { ["x-match"] = "all", ["h"] = argument });

        Assert.Equal(expected ? "q" : string.Empty, _test.Route("amq.match", string.Empty, new FieldTable { ["first"] = "x", ["h"] = header, ["last"] = 1 }));
    }

    [Fact]
    public void Route_WithoutHeaders_MatchesWhatAsksForNone()
    {
        _test.Queue("r");
        _test.Bind("amq.headers", "q", string.Empty, new FieldTable { ["x-match"] = "all", ["a"] = 1 });
        _test.Bind("amq.headers", "r");

        Assert.Equal("r", _test.Route("amq.headers", string.Empty));
    }

    [Theory]
    [InlineData("00000001")] // A length without content.
    [InlineData("0000FFFF0161")]
    [InlineData("00000003016153")] // A name and a type only.
    [InlineData("0000000701615300FFFFFF")]
    [InlineData("00000004016123FF")] // An unknown type.
    public void Route_DamagedHeaders_AreReadAsFarAsTheyGo(string hex)
    {
        _test.Bind("amq.headers", "q", string.Empty, new FieldTable { ["a"] = 1 });
        var result = new RouteResult();
        _test.Host.GetExchange("amq.headers").Route(new RouteRequest("k"u8, Convert.FromHexString(hex)), result);

        Assert.Equal(0, result.Count);
    }

    [Fact]
    public void Route_Headers_TellsThatTheKeyDoesNotDecide()
    {
        var result = new RouteResult();
        _test.Host.GetExchange("amq.headers").Route(new RouteRequest("k"u8), result);
        Assert.False(result.IsKeyDecisive);
        result.Clear();
        _test.Host.GetExchange("amq.direct").Route(new RouteRequest("k"u8), result);
        Assert.True(result.IsKeyDecisive);
    }

    [Fact]
    public void Route_SteadyState_AllocatesNothing()
    {
        _test.Bind("amq.headers", "q", string.Empty, Table("a=1 b=text c="));
        byte[] headers = FieldTableCodec.ToArray(Table("z=9 a=1 b=text c=3 d=4"));
        Exchange exchange = _test.Host.GetExchange("amq.headers");
        var result = new RouteResult();
        Assert.Equal(0, Allocations.Least(() =>
        {
            result.Clear();
            exchange.Route(new RouteRequest("k"u8, headers), result);
        }));
        Assert.Equal(1, result.Count);
    }

    [Fact]
    public void Bind_UnknownMatch_IsRefused()
    {
        RefusedException refused = Assert.Throws<RefusedException>(() => _test.Bind("amq.headers", "q", string.Empty, new FieldTable { ["x-match"] = "some" }));
        Assert.Equal(RefusalReason.PreconditionFailed, refused.Reason);
        Assert.Equal("Invalid x-match field value <<\"some\">>; expected all, any, all-with-x, or any-with-x", refused.Message);
        refused = Assert.Throws<RefusedException>(() => _test.Bind("amq.headers", "q", string.Empty, new FieldTable { ["x-match"] = 1 }));
        Assert.Equal("Invalid x-match field type signedint (value 1); expected longstr", refused.Message);
        _test.Bind("amq.direct", "q", string.Empty, new FieldTable { ["x-match"] = "some" }); // Means nothing elsewhere.
    }

    private static FieldTable Table(string fields)
    {
        var table = new FieldTable();
        foreach (string field in fields.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = field.Split('=');
            table[parts[0]] = int.TryParse(parts[1], out int number) ? number : parts[1].Length == 0 ? null : parts[1];
        }

        return table;
    }
}
