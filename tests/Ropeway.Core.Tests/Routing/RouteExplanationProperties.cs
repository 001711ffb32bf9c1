using System.Text;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Routing.Explaining;
using Ropeway.Core.Tests.Queues;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Routing;

/// <summary>A routing dry run names exactly the queues that get the message when it is published.</summary>
public sealed class RouteExplanationProperties
{
    private const string Texts = "made or removed while";

    private static readonly ExchangeType[] Types =
        [ExchangeType.Direct, ExchangeType.Fanout, ExchangeType.Topic, ExchangeType.Headers, ExchangeType.ConsistentHash, ExchangeType.ModulusHash];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Of_AnyTopology_NamesTheQueuesThatPublishingReaches(int seed)
    {
        using var rig = new QueueRig();
        var random = new SeededNumbers(seed);
        Exchange[] exchanges = [.. Enumerable.Range(0, 8).Select(i => Declare(rig.Host, $"x{i}", random))];
        Queue[] queues = [.. Enumerable.Range(0, 6).Select(i => rig.Declare($"q{i}", durable: false))];
        for (int i = 0; i < 40; i++)
        {
            Bind(rig.Host, exchanges[random.Next(exchanges.Length)], random);
        }

        for (int i = 0; i < 60; i++)
        {
            Exchange exchange = random.Next(10) == 0 ? rig.Host.DefaultExchange : exchanges[random.Next(exchanges.Length)];
            byte[] key = Encoding.UTF8.GetBytes(random.Next(8) == 0 ? $"q{random.Next(8)}" : KeyOf(random, "abc"));
            byte[] headers = FieldTableCodec.ToArray(RouteExplanationTests.Table(FieldsOf(random)));

            var explanation = RouteExplanation.Of(exchange, new RouteRequest(key, headers));
            IEnumerable<Queue> reached = Publish(exchange, key, headers, queues);

            Assert.Equal(reached.Select(queue => queue.Name), explanation.Queues.Select(queue => queue.Name).Order(StringComparer.Ordinal));
            Assert.DoesNotContain(explanation.Steps, step => step.Why.Contains(Texts, StringComparison.Ordinal));
            Assert.Equal(
                explanation.Queues.Select(queue => queue.Name).Order(StringComparer.Ordinal),
                explanation.Steps.Where(step => step is { IsMatched: true, IsQueue: true }).Select(step => step.Destination).Distinct().Order(StringComparer.Ordinal));
        }
    }

    private static Exchange Declare(VirtualHost host, string name, SeededNumbers random)
    {
        var arguments = new FieldTable();
        if (random.Next(3) == 0)
        {
            arguments["alternate-exchange"] = $"x{random.Next(9)}";
        }

        return host.DeclareExchange(new ExchangeSettings(name, Types[random.Next(Types.Length)], Durable: false, AutoDelete: false, Internal: false, arguments)).Exchange;
    }

    private static void Bind(VirtualHost host, Exchange source, SeededNumbers random)
    {
        string key = source.Type == ExchangeType.ConsistentHash ? "1" : KeyOf(random, source.Type == ExchangeType.Topic ? "abc*#" : "abc");
        FieldTable? arguments = source.Type != ExchangeType.Headers ? null : RouteExplanationTests.Table(FieldsOf(random));
        if (arguments is not null && random.Next(2) == 0)
        {
            arguments["x-match"] = "any";
        }

        if (random.Next(3) == 0)
        {
            host.BindExchange(source.Name, $"x{random.Next(8)}", key, arguments);
        }
        else
        {
            host.BindQueue(source.Name, $"q{random.Next(6)}", key, arguments, owner: null);
        }
    }

    /// <summary>Publishes one message and sees which queues have grown, in the order of their names.</summary>
    private static IEnumerable<Queue> Publish(Exchange exchange, byte[] key, byte[] headers, Queue[] queues)
    {
        long[] before = [.. queues.Select(queue => queue.EnqueuedCount)];
        var route = new RouteResult();
        exchange.Route(new RouteRequest(key, headers), route);
        var batch = new PublishBatch();
        batch[batch.Add()] = new PublishItem { Head = new MessageHead(MessageOrigin.Amqp091, MessageFlags.None, 0, TimestampMs: 1, ExpiresAtMs: 0) };
        foreach (Queue queue in route.Queues)
        {
            batch.Route(0, queue);
        }

        DispatchBatch dispatch = DispatchBatch.Begin();
        batch.Publish([], dispatch);
        dispatch.Flush();
        return [.. queues.Where((queue, i) => queue.EnqueuedCount > before[i])];
    }

    private static string KeyOf(SeededNumbers random, string words) => string.Join('.', Enumerable.Range(0, random.Next(4)).Select(_ => words[random.Next(words.Length)]));

    private static string FieldsOf(SeededNumbers random) => string.Join(' ', "ab".Where(_ => random.Next(2) == 0).Select(name => $"{name}={random.Next(2)}"));
}
