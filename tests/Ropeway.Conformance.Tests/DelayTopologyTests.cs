using System.Globalization;
using System.Text;
using RabbitMQ.Client;
using Arrival = Ropeway.Conformance.Tests.TimerClient.Arrival;

namespace Ropeway.Conformance.Tests;

/// <summary>
/// Delays without a delaying exchange, as NServiceBus makes them: a topic exchange and a queue for each bit of the delay in seconds. A message whose
/// routing key has a 1 in a level's word waits there for 2^level seconds and is dead-lettered to the next level; with a 0 it goes there at once.
/// </summary>
[Collection(BrokerCollection.Name)]
public sealed class DelayTopologyTests(BrokerFixture broker) : IAsyncLifetime
{
    private const int LevelMax = 27;

    private readonly string _name = "levels-" + Guid.NewGuid().ToString("N");
    private TimerClient _client = null!;

    private string Delivery => _name + "-delivery";

    public async Task InitializeAsync()
    {
        _client = await TimerClient.OpenAsync(broker.Endpoint);
        IChannel channel = _client.Channel;
        await channel.ExchangeDeclareAsync(Delivery, ExchangeType.Topic, durable: true, autoDelete: false);
        for (int level = 0; level <= LevelMax; level++)
        {
            await channel.ExchangeDeclareAsync(Level(level), ExchangeType.Topic, durable: true, autoDelete: false);
            await _client.DeclareAsync(Level(level), new()
            {
                ["x-queue-type"] = "quorum",
                ["x-dead-letter-strategy"] = "at-least-once",
                ["x-overflow"] = "reject-publish",
                ["x-message-ttl"] = 1000L << level,
                ["x-dead-letter-exchange"] = Next(level),
            });
        }

        for (int level = LevelMax; level >= 0; level--)
        {
            string before = string.Concat(Enumerable.Repeat("*.", LevelMax - level));
            await channel.QueueBindAsync(Level(level), Level(level), before + "1.#");
            await channel.ExchangeBindAsync(Next(level), Level(level), before + "0.#");
        }

        await _client.DeclareAsync(_name);
        await channel.QueueBindAsync(_name, Delivery, "#." + _name);
    }

    public async Task DisposeAsync()
    {
        for (int level = 0; level <= LevelMax; level++)
        {
            await _client.Channel.QueueDeleteAsync(Level(level));
            await _client.Channel.ExchangeDeleteAsync(Level(level));
        }

        await _client.Channel.ExchangeDeleteAsync(Delivery);
        await _client.Channel.QueueDeleteAsync(_name);
        await _client.DisposeAsync();
    }

    [Fact]
    public async Task Message_WithBitsInItsKey_WaitsForTheirSum()
    {
        Inbox<Arrival> inbox = await _client.ConsumeAsync(_name);

        var published = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (int seconds in (int[])[3, 1, 0])
        {
            string body = seconds.ToString(CultureInfo.InvariantCulture);
            published[body] = await _client.PublishAsync(Key(seconds), body, new BasicProperties { Persistent = true }, exchange: Level(LevelMax));
        }

        List<Arrival> all = await inbox.TakeAsync(3);
        Assert.Equal(["0", "1", "3"], all.Select(arrival => arrival.Body).Order(StringComparer.Ordinal));
        Assert.All(all, arrival => arrival.AssertNotBefore(published[arrival.Body], 1000 * int.Parse(arrival.Body, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Message_WithTheLongestDelay_WaitsInTheHighestLevel()
    {
        await _client.PublishAsync(Key((1 << (LevelMax + 1)) - 1), "in eight years", exchange: Level(LevelMax));

        BasicGetResult? waiting = await _client.Channel.BasicGetAsync(Level(LevelMax), autoAck: true);

        Assert.Equal("in eight years", Encoding.UTF8.GetString(waiting!.Body.Span));
    }

    private string Level(int level) => string.Create(CultureInfo.InvariantCulture, $"{_name}-{level:00}");

    private string Next(int level) => level == 0 ? Delivery : Level(level - 1);

    /// <summary>The bits of a delay, the highest first, and the queue that the message is for.</summary>
    private string Key(int seconds) =>
        string.Join('.', Enumerable.Range(0, LevelMax + 1).Select(place => (seconds >> (LevelMax - place)) & 1)) + "." + _name;
}
