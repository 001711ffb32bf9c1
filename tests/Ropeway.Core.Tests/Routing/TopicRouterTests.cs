using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Ropeway.Core.Routing;
using Ropeway.Core.Tests.Topology;
using Ropeway.Tests;

namespace Ropeway.Core.Tests.Routing;

public sealed class TopicRouterTests
{
    private static readonly Gen<string> Pattern = Words(["a", "b", "", "*", "#", "#"]);
    private static readonly Gen<string> Key = Words(["a", "b", "", "c"]);

    [Theory]
    [InlineData("a.b.c", "a.b.c", true)]
    [InlineData("a.b.c", "a.b", false)]
    [InlineData("a.b", "a.b.c", false)]
    [InlineData("a.*.c", "a.b.c", true)]
    [InlineData("a.*.c", "a..c", true)] // An empty word is a word.
    [InlineData("a.*", "a", false)]
    [InlineData("*", "", false)] // The empty key has no word.
    [InlineData("#", "", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("#", "a.b.c", true)]
    [InlineData("a.#", "a", true)]
    [InlineData("a.#", "a.b.c", true)]
    [InlineData("a.#", "b", false)]
    [InlineData("#.c", "a.b.c", true)]
    [InlineData("#.c", "c", true)]
    [InlineData("#.#", "", true)]
    [InlineData("#.*", "", false)]
    [InlineData("*.#", "a.b", true)]
    [InlineData("a.#.b", "a.b", true)]
    [InlineData("a.#.b", "a.x.y.b", true)]
    [InlineData("a.#.b", "a.b.x", false)]
    [InlineData("a*", "ab", false)] // Wildcards are whole words.
    [InlineData("a*", "a*", true)]
    [InlineData("*", "*", true)]
    [InlineData(".", ".", true)]
    [InlineData(".", "a.", false)]
    [InlineData("ä.ö", "ä.ö", true)]
    public void Route_Pattern_MatchesAsDocumented(string pattern, string key, bool expected)
    {
        var test = new TestHost();
        test.Queue("q");
        test.Bind("amq.topic", "q", pattern);

        Assert.Equal(expected ? "q" : string.Empty, test.Route("amq.topic", key));
        Assert.Equal(expected, TopicReference.IsMatch(pattern, key));
    }

    [Fact]
    public void Route_AnyPatternsAndKey_AgreesWithReference() =>
        Prop.ForAll(
            Pattern.ListOf(12).ToArbitrary(),
            Key.ToArbitrary(),
            (patterns, key) =>
            {
                var test = new TestHost();
                List<string> distinct = [.. patterns.Distinct(StringComparer.Ordinal)];
                BindEach(test, distinct);
                return test.Route("amq.topic", key) == Expected(distinct, key);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Route_AfterSomeBindingsWereRemoved_AgreesWithReference() =>
        Prop.ForAll(
            Pattern.ListOf(12).ToArbitrary(),
            Key.ToArbitrary(),
            (patterns, key) =>
            {
                var test = new TestHost();
                List<string> distinct = [.. patterns.Distinct(StringComparer.Ordinal)];
                BindEach(test, distinct);
                foreach (string pattern in distinct.Where((_, index) => index % 2 == 0))
                {
                    test.Unbind("amq.topic", pattern.Length == 0 ? "empty" : pattern, pattern);
                }

                return test.Route("amq.topic", key) == Expected(distinct.Where((_, index) => index % 2 == 1), key);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Route_AfterAnyBindsAndUnbinds_AgreesWithReference() =>
        Prop.ForAll(
            Gen.Zip(Gen.OneOf(Pattern, Key), Gen.Choose(0, 2)).ListOf(40).ToArbitrary(),
            Gen.OneOf(Key, Pattern).ListOf(8).ToArbitrary(),
            (steps, keys) =>
            {
                var test = new TestHost();
                string[] queues = [test.Queue("x").Name, test.Queue("y").Name, test.Queue("z").Name];
                var bound = new HashSet<(string Pattern, int Queue)>();
                foreach ((string pattern, int queue) in steps)
                {
                    if (bound.Add((pattern, queue)))
                    {
                        test.Bind("amq.topic", queues[queue], pattern);
                    }
                    else
                    {
                        bound.Remove((pattern, queue));
                        test.Unbind("amq.topic", queues[queue], pattern);
                    }
                }

                return keys.All(key => test.Route("amq.topic", key)
                    == string.Join(',', bound.Where(one => TopicReference.IsMatch(one.Pattern, key)).Select(one => queues[one.Queue]).Distinct().Order(StringComparer.Ordinal)));
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Route_PatternsThatInviteBacktracking_EndsAtOnce()
    {
        var test = new TestHost();
        test.Queue("q");
        test.Bind("amq.topic", "q", string.Join('.', Enumerable.Repeat("#.a", 60)) + ".b");

        Assert.Equal(string.Empty, test.Route("amq.topic", string.Join('.', Enumerable.Repeat("a", 120)))); // A naive matcher needs years.
        Assert.Equal("q", test.Route("amq.topic", string.Join('.', Enumerable.Repeat("a", 120)) + ".b"));
    }

    [Fact]
    public void Route_ManyBindings_FindsEachByItsKeyOnly()
    {
        const int Count = 100_000;
        var exchange = new TopicRouterProbe();
        for (int i = 0; i < Count; i++)
        {
            exchange.Add($"site.{i % 100}.device.{i}.*", $"queue {i % 1000}");
        }

        for (int i = 0; i < Count; i += 997)
        {
            Assert.Equal([$"queue {i % 1000}"], exchange.Route($"site.{i % 100}.device.{i}.temperature"));
            Assert.Empty(exchange.Route($"site.{(i + 1) % 100}.device.{i}.temperature"));
        }

        exchange.RemoveAll();
        Assert.Empty(exchange.Route("site.0.device.0.temperature"));
    }

    [Fact]
    public void Route_SteadyState_AllocatesNothing()
    {
        var exchange = new TopicRouterProbe();
        foreach (string pattern in (string[])["a.#.b", "#.a.#", "*.b.*", "a.b.c", "a.b.*", "a.#", "#"])
        {
            exchange.Add(pattern, pattern);
        }

        var result = new RouteResult();
        Assert.Equal(0, Allocations.Least(() =>
        {
            result.Clear();
            exchange.Route("a.b.c"u8, result);
        }));
        Assert.Equal(6, result.Count);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(10_000)]
    [InlineData(100_000)]
    public void Route_ManyBindingsAndAnyKey_AllocatesNothing(int count)
    {
        var exchange = new TopicRouterProbe();
        exchange.Add("site.*.device.*.state", "all");
        for (int i = 0; i < count; i++)
        {
            exchange.Add(i % 2 == 0 ? $"site.{i % 100}.device.{i}.state" : $"site.{i % 100}.device.{i}.*", $"queue {i % 1000}");
        }

        byte[][] keys = [.. Enumerable.Range(0, 1000).Select(i => i * 7919 % count).Select(i => Encoding.UTF8.GetBytes($"site.{i % 100}.device.{i}.state"))];
        var result = new RouteResult();
        int turn = 0;
        Assert.Equal(0, Allocations.Least(() =>
        {
            result.Clear();
            exchange.Route(keys[turn++ % keys.Length], result);
        }));
        Assert.Equal(2, result.Count);
    }

    private static Gen<string> Words(string[] words) =>
        Gen.Choose(0, 5).SelectMany(count => Gen.Elements(words).ArrayOf(count)).Select(chosen => string.Join('.', chosen));

    private static void BindEach(TestHost test, IEnumerable<string> patterns)
    {
        foreach (string pattern in patterns)
        {
            test.Queue(pattern.Length == 0 ? "empty" : pattern);
            test.Bind("amq.topic", pattern.Length == 0 ? "empty" : pattern, pattern);
        }
    }

    private static string Expected(IEnumerable<string> patterns, string key) => string.Join(
        ',',
        patterns.Where(pattern => TopicReference.IsMatch(pattern, key)).Select(pattern => pattern.Length == 0 ? "empty" : pattern).Order(StringComparer.Ordinal));
}
