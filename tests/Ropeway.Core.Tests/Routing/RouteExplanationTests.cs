using System.Text;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Routing.Explaining;
using Ropeway.Core.Tests.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Routing;

/// <summary>What a routing dry run tells.</summary>
public sealed class RouteExplanationTests
{
    private readonly TestHost _test = new();

    public RouteExplanationTests() => _test.Queue("q");

    [Theory]
    [InlineData("a.b", "a.b", true, "key 'a.b' matches the pattern")]
    [InlineData("a.*.c", "a.b", false, "key has 2 words, pattern needs 3 words")]
    [InlineData("a", "", false, "key has 0 words, pattern needs 1 word")]
    [InlineData("a.#.b.c", "a.c", false, "key has 2 words, pattern needs at least 3 words")]
    [InlineData("a.b", "a.x", false, "word 2 of the key is 'x', pattern needs 'b'")]
    [InlineData("#.b", "a.x.c", false, "word 3 of the key is 'c', pattern needs 'b'")]
    [InlineData("a.#", "x.y", false, "word 1 of the key is 'x', pattern needs 'a'")]
    [InlineData("#.b.#", "a.c", false, "key has no words that fit 'b' between the first and the last # of the pattern")]
    [InlineData("#", "", true, "key '' matches the pattern")]
    public void Of_Topic_SaysWhichWordDoesNotFit(string pattern, string key, bool isMatched, string why)
    {
        _test.Bind("amq.topic", "q", pattern);

        RouteStep step = Assert.Single(Explain("amq.topic", key).Steps);

        Assert.Equal((isMatched, why, "q", true), (step.IsMatched, step.Why, step.Destination, step.IsQueue));
    }

    [Theory]
    [InlineData("all", "a=1 b=2", "a=1", false, "x-match is all, and header 'b' is missing")]
    [InlineData("all", "a=1 b=2", "a=1 b=3", false, "x-match is all, and header 'b' is 3, the binding needs 2")]
    [InlineData("all", "a=1", "a=x", false, "x-match is all, and header 'a' is 'x', the binding needs 1")]
    [InlineData("all", "a=1 b=2", "a=1 b=2", true, "x-match is all, and 2 of 2 headers are as wanted")]
    [InlineData("any", "a=1 b=2", "b=2", true, "x-match is any, and header 'b' is as wanted")]
    [InlineData("any", "a=1 b=2", "b=1", false, "x-match is any, and none of 2 is as wanted: header 'a' is missing")]
    [InlineData("any", "", "b=1", false, "x-match is any, and the binding has no argument that a header could equal")]
    [InlineData("all", "", "b=1", true, "the binding has no argument to compare, so every message matches")]
    public void Of_Headers_SaysWhichHeaderDecides(string mode, string arguments, string headers, bool isMatched, string why)
    {
        FieldTable table = Table(arguments);
        table["x-match"] = mode;
        _test.Bind("amq.headers", "q", "ignored", table);

        RouteStep step = Assert.Single(Explain("amq.headers", "k", Table(headers)).Steps);

        Assert.Equal((isMatched, why), (step.IsMatched, step.Why));
    }

    [Fact]
    public void Of_Direct_ComparesTheKeyAndThoseOfTheHeaders()
    {
        _test.Bind("amq.direct", "q", "k");
        var copies = new FieldTable { ["CC"] = new FieldArray(["k"]) };

        Assert.Equal("the routing key is that of the binding", Explain("amq.direct", "k").Steps.Single().Why);
        Assert.Equal("the routing key is 'x', the binding needs 'k'", Explain("amq.direct", "x").Steps.Single().Why);
        Assert.Equal("'k' is among the keys of CC and BCC", Explain("amq.direct", "x", copies).Steps.Single().Why);
        Assert.Equal("q", Assert.Single(Explain("amq.direct", "x", copies).Queues).Name);
    }

    [Fact]
    public void Of_NothingMatches_FollowsTheAlternateExchange()
    {
        _test.Exchange("main", ExchangeType.Direct, arguments: new FieldTable { ["alternate-exchange"] = "spare" });
        Assert.Equal("nothing matched, and the alternate exchange does not exist", Explain("main", "k").Steps.Single().Why);

        _test.Exchange("spare", ExchangeType.Fanout);
        _test.Bind("spare", "q");
        RouteExplanation explanation = Explain("main", "k");

        Assert.Equal("spare", Assert.Single(explanation.Alternates).Name);
        Assert.Equal("q", Assert.Single(explanation.Queues).Name);
        Assert.Equal(
            ["main > spare: nothing matched: the alternate exchange gets the message", "spare > q: a fanout exchange takes every binding"],
            explanation.Steps.Select(step => $"{step.Exchange.Name} > {step.Destination}: {step.Why}"));
    }

    [Fact]
    public void Of_DefaultExchange_LooksForTheQueueOfThatName()
    {
        Assert.Equal("the key is the name of this queue", Explain(string.Empty, "q").Steps.Single().Why);
        RouteStep none = Explain(string.Empty, "none").Steps.Single();
        Assert.Equal((false, "none", "there is no queue of this name"), (none.IsMatched, none.Destination, none.Why));
    }

    [Fact]
    public void Of_ConsistentHash_SaysWhichBindingWasChosen()
    {
        _test.Exchange("hash", ExchangeType.ConsistentHash);
        _test.Queue("r");
        _test.Bind("hash", "q", "1");
        _test.Bind("hash", "r", "2");

        IReadOnlyList<RouteStep> steps = Explain("hash", "customer-7").Steps;

        Assert.Matches("^the hash of the routing key 'customer-7' chose this binding, of weight [12], among 2$", steps.Single(step => step.IsMatched).Why);
        Assert.Matches("^the hash of the routing key 'customer-7' chose another one among 2; this one has weight [12]$", steps.Single(step => !step.IsMatched).Why);
    }

    [Fact]
    public void Of_DelayedMessage_TellsWhoHoldsItAndWhereItGoesThen()
    {
        _test.Exchange("later", ExchangeType.DelayedMessage, arguments: new FieldTable { ["x-delayed-type"] = "topic" });
        _test.Bind("later", "q", "a.*");

        RouteExplanation explanation = Explain("later", "a.b", isDelayed: true);

        Assert.Equal("later", Assert.Single(explanation.Holders).Name);
        Assert.Equal("q", Assert.Single(explanation.Queues).Name);
        Assert.Equal(["holds the message back for its x-delay, and routes it then", "key 'a.b' matches the pattern"], explanation.Steps.Select(step => step.Why));
    }

    [Fact]
    public void Of_ManyBindings_TellsAThousandStepsAndWhatMatchedFirst()
    {
        for (int i = 0; i < 1500; i++)
        {
            _test.Bind("amq.direct", "q", $"key {i}");
        }

        RouteExplanation explanation = Explain("amq.direct", "key 1499");

        Assert.Equal(RouteExplanation.StepsMax, explanation.Steps.Count);
        Assert.Equal(500, explanation.MoreSteps);
        Assert.True(explanation.Steps[0].IsMatched);
        Assert.All(explanation.Steps.Skip(1), step => Assert.False(step.IsMatched));
    }

    internal static FieldTable Table(string fields)
    {
        var table = new FieldTable();
        foreach (string[] field in fields.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(field => field.Split('=')))
        {
            table[field[0]] = int.TryParse(field[1], out int number) ? number : field[1];
        }

        return table;
    }

    private RouteExplanation Explain(string exchange, string key, FieldTable? headers = null, bool isDelayed = false)
    {
        byte[] table = headers is null ? [] : FieldTableCodec.ToArray(headers);
        Assert.True(CopyKeys.TryRead(table, out CopyKeys copies, out _));
        return RouteExplanation.Of(_test.Host.GetExchange(exchange), new RouteRequest(Encoding.UTF8.GetBytes(key), table) { Copies = copies, IsDelayed = isDelayed });
    }
}
