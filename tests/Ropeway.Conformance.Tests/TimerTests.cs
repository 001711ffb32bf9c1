using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Ropeway.TestKit;
using Ropeway.TestKit.Wire;
using Arrival = Ropeway.Conformance.Tests.TimerClient.Arrival;

namespace Ropeway.Conformance.Tests;

/// <summary>
/// Everything that the broker does by the clock, in real time: what happens in which order, and nothing before its time. How late it may be is
/// asserted nowhere; <see cref="TestDeadline"/> only ends what hangs.
/// </summary>
[Collection(BrokerCollection.Name)]
public sealed partial class TimerTests(BrokerFixture broker) : IAsyncLifetime
{
    private readonly string _name = "timers-" + Guid.NewGuid().ToString("N");
    private TimerClient _client = null!;

    private string Dead => _name + "-dead";

    public async Task InitializeAsync()
    {
        _client = await TimerClient.OpenAsync(broker.Endpoint);
        await _client.DeclareAsync(Dead);
    }

    public async Task DisposeAsync()
    {
        await _client.Channel.QueueDeleteAsync(_name);
        await _client.Channel.QueueDeleteAsync(Dead);
        await _client.DisposeAsync();
    }

    [Fact]
    public async Task MessageTtl_OfTheQueue_DeadLettersEachInItsOrder()
    {
        await _client.DeclareAsync(_name, ToDead(new() { ["x-message-ttl"] = 300 }));
        Inbox<Arrival> dead = await _client.ConsumeAsync(Dead);

        var published = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string body in (string[])["a", "b", "c"])
        {
            published[body] = await _client.PublishAsync(_name, body);
        }

        List<Arrival> letters = await dead.TakeAsync(3);
        Assert.Equal(["a", "b", "c"], letters.Select(letter => letter.Body));
        Assert.All(letters, letter =>
        {
            Assert.Equal("expired", letter.Death);
            letter.AssertNotBefore(published[letter.Body], 300);
        });
    }

    [Fact]
    public async Task Expiration_OfMessages_CountsWhenTheyAreFirst()
    {
        await _client.DeclareAsync(_name, ToDead([]));
        Inbox<Arrival> dead = await _client.ConsumeAsync(Dead);

        long first = await _client.PublishAsync(_name, "300", new BasicProperties { Expiration = "300" });
        await _client.PublishAsync(_name, "50", new BasicProperties { Expiration = "50" });
        long last = await _client.PublishAsync(_name, "600", new BasicProperties { Expiration = "600" });

        List<Arrival> letters = await dead.TakeAsync(3);
        Assert.Equal(["300", "50", "600"], letters.Select(letter => letter.Body));
        letters[0].AssertNotBefore(first, 300);
        letters[1].AssertNotBefore(first, 300); // It was behind the first.
        letters[2].AssertNotBefore(last, 600);
    }

    [Fact]
    public async Task Expires_OfAnUnusedQueue_BeginsAnewWithEachUse()
    {
        const int ExpiresMs = 400;
        long? used;
        do
        {
            used = await UseAsync(count: 3, ExpiresMs);
        }
        while (used is null); // Anew when we were slower than the queue's time.

        RealTime.AssertNotBefore("The queue's end", used.Value, await GoneAsync(), ExpiresMs);
    }

    [OwnBrokerFact]
    public async Task DeliveryTime_OfDelayedMessages_DecidesTheirOrder()
    {
        await _client.DeclareAsync(_name);
        Inbox<Arrival> inbox = await _client.ConsumeAsync(_name);
        await using TimerClient publisher = await TimerClient.OpenAsync(broker.Endpoint, isTransactional: true);

        // All enter at the commit, so that the order is that of the times whatever the machine does.
        long start = Stopwatch.GetTimestamp();
        long nowMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (int delayMs in (int[])[600, 200, 400, 0])
        {
            var properties = new BasicProperties { Headers = new Dictionary<string, object?> { ["x-opt-delivery-time"] = nowMs + delayMs } };
            await publisher.PublishAsync(_name, delayMs.ToString(CultureInfo.InvariantCulture), properties);
        }

        await publisher.Channel.TxCommitAsync();

        List<Arrival> all = await inbox.TakeAsync(4);
        Assert.Equal(["0", "200", "400", "600"], all.Select(arrival => arrival.Body));
        Assert.All(all, arrival => arrival.AssertNotBefore(start, int.Parse(arrival.Body, CultureInfo.InvariantCulture)));
    }

    [OwnBrokerFact]
    public async Task Delay_OfAMessage_PassesBeforeItIsRoutedAndItCanBeAcknowledged()
    {
        await _client.DeclareAsync(_name);
        await _client.Channel.ExchangeDeclareAsync(_name, "x-delayed-message", durable: true, autoDelete: true, new Dictionary<string, object?> { ["x-delayed-type"] = "direct" });
        await _client.Channel.QueueBindAsync(_name, _name, "key");
        Inbox<Arrival> inbox = await _client.ConsumeAsync(_name, autoAck: false);

        foreach (string header in (string[])["x-delay", "x-opt-delivery-delay"])
        {
            long published = await _client.PublishAsync("key", header, new BasicProperties { Headers = new Dictionary<string, object?> { [header] = 300 } }, exchange: _name);
            Arrival arrival = await inbox.TakeAsync();
            Assert.Equal(header, arrival.Body);
            arrival.AssertNotBefore(published, 300);
            await _client.Channel.BasicAckAsync(arrival.Tag, multiple: false);
        }

        Assert.Equal(0u, await _client.Channel.QueueDeleteAsync(_name)); // Messages that were left in it, had they not been acknowledged.
    }

    [OwnBrokerFact]
    public async Task Retry_WithBackOff_WaitsLongerEachTimeAndHoldsUpNobody()
    {
        await _client.DeclareAsync(_name, ToDead(new()
        {
            ["x-delayed-retry-type"] = "all",
            ["x-delayed-retry-min"] = 100,
            ["x-delayed-retry-multiplier"] = 2,
            ["x-delivery-limit"] = 2,
        }));
        Inbox<Arrival> dead = await _client.ConsumeAsync(Dead);
        await _client.Channel.BasicQosAsync(0, 1, global: false);
        Inbox<Arrival> inbox = await _client.ConsumeAsync(_name, autoAck: false);
        await _client.PublishAsync(_name, "failing");
        await _client.PublishAsync(_name, "good");

        long returned = await ReturnAsync(inbox, "failing");
        Arrival good = await inbox.TakeAsync();
        Assert.Equal("good", good.Body); // It was behind the one that waits now.
        await _client.Channel.BasicAckAsync(good.Tag, multiple: false);

        foreach (int delayMs in (int[])[100, 200])
        {
            Arrival again = await inbox.TakeAsync();
            Assert.Equal(("failing", true), (again.Body, again.IsRedelivered));
            again.AssertNotBefore(returned, delayMs);
            returned = Stopwatch.GetTimestamp();
            await _client.Channel.BasicRejectAsync(again.Tag, requeue: true);
        }

        Arrival letter = await dead.TakeAsync();
        Assert.Equal(("failing", "delivery_limit"), (letter.Body, letter.Death));
        Assert.Equal(0, inbox.Count);
    }

    [OwnBrokerFact]
    public async Task AcknowledgementTimeout_GivesTheDeliveryToAnotherAndALateAckDoesNothing()
    {
        await _client.DeclareAsync(_name, new() { ["x-consumer-timeout"] = 300 });
        await using TimerClient stuck = await TimerClient.OpenAsync(broker.Endpoint);
        Inbox<Arrival> held = await stuck.ConsumeAsync(_name, autoAck: false);
        long published = await _client.PublishAsync(_name, "slow");
        Arrival first = await held.TakeAsync();
        Inbox<Arrival> inbox = await _client.ConsumeAsync(_name, autoAck: false, priority: 1);

        Arrival second = await inbox.TakeAsync();
        second.AssertNotBefore(published, 300);
        Assert.Equal(("slow", true), (second.Body, second.IsRedelivered));
        await stuck.Channel.BasicAckAsync(first.Tag, multiple: false);
        await stuck.Channel.QueueDeclarePassiveAsync(_name); // The channel lives on.
        await _client.Channel.BasicAckAsync(second.Tag, multiple: false);
    }

    [Fact]
    public async Task MaxAge_OfAStream_DropsWhatIsOldEvenTheLast()
    {
        await _client.DeclareAsync(_name, new() { ["x-queue-type"] = "stream", ["x-max-age"] = "1s" });
        long published = await _client.PublishAsync(_name, "old");

        while (await _client.Channel.MessageCountAsync(_name) > 0)
        {
            Assert.True(Stopwatch.GetElapsedTime(published) < TestDeadline.Value, "The message is there still.");
        }

        RealTime.AssertNotBefore("Retention", published, Stopwatch.GetTimestamp(), 1_000);
    }

    [Fact]
    public void Heartbeat_OfASilentClient_IsMissedAfterTwoIntervals()
    {
        long started = Stopwatch.GetTimestamp();
        using WireConnection silent = WireConnection.Open(broker.Endpoint, heartbeatSeconds: 1);
        int received = 0;

        Assert.Throws<WireClosedException>(() =>
        {
            while (silent.Pump(TestDeadline.Milliseconds))
            {
                received++; // The broker's own heartbeats.
            }
        });

        RealTime.AssertNotBefore("The end", started, Stopwatch.GetTimestamp(), 2_000);
        Assert.True(received > 0, "The broker has sent no heartbeat.");
    }

    [OwnBrokerFact]
    public async Task MessageTtl_OfAPolicy_CountsForAQueueThatIsThere()
    {
        using var directory = new TemporaryDirectory();
        using BrokerProcess own = BrokerProcess.Start(new BrokerLaunch { DataDirectory = directory.Path, ExtraArguments = ["--listen", "http://127.0.0.1:0"] });
        using var http = new HttpClient { BaseAddress = new Uri(HttpUrl().Match(own.Log).Value) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("guest:guest"u8));
        await using TimerClient client = await TimerClient.OpenAsync(own.Endpoint);
        await client.DeclareAsync("timed");
        await client.DeclareAsync("dead");
        Inbox<Arrival> dead = await client.ConsumeAsync("dead");

        var policy = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["pattern"] = "^timed$",
            ["definition"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["message-ttl"] = 300, ["dead-letter-exchange"] = "", ["dead-letter-routing-key"] = "dead" },
        };
        using HttpResponseMessage answer = await http.PutAsJsonAsync("/api/policies/%2F/short", policy);
        answer.EnsureSuccessStatusCode();
        long published = await client.PublishAsync("timed", "by policy");

        Arrival letter = await dead.TakeAsync();
        Assert.Equal(("by policy", "expired"), (letter.Body, letter.Death));
        letter.AssertNotBefore(published, 300);
        await client.DisposeAsync();
        Assert.Equal(0, own.Stop());
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HttpUrl();

    /// <summary>Takes the delivery that is expected and returns it to its queue.</summary>
    /// <returns>A timestamp from before the broker can know of the return.</returns>
    private async Task<long> ReturnAsync(Inbox<Arrival> inbox, string expected)
    {
        Arrival arrival = await inbox.TakeAsync();
        Assert.Equal(expected, arrival.Body);
        long before = Stopwatch.GetTimestamp();
        await _client.Channel.BasicRejectAsync(arrival.Tag, requeue: true);
        return before;
    }

    /// <summary>Declares the queue and uses it several times, one after the other.</summary>
    /// <returns>A timestamp from before the last use; null when its end came between two of them, which it may not before its time.</returns>
    private async Task<long?> UseAsync(int count, int expiresMs)
    {
        await using TimerClient user = await TimerClient.OpenAsync(broker.Endpoint); // For its channel ends when the queue is gone.
        long used = Stopwatch.GetTimestamp();
        await user.DeclareAsync(_name, new() { ["x-expires"] = expiresMs });
        for (int i = 0; i < count; i++)
        {
            long next = Stopwatch.GetTimestamp();
            try
            {
                Assert.Null(await user.Channel.BasicGetAsync(_name, autoAck: true));
            }
            catch (OperationInterruptedException gone) when (gone.ShutdownReason?.ReplyCode == 404)
            {
                RealTime.AssertNotBefore("The queue's end", used, Stopwatch.GetTimestamp(), expiresMs);
                return null;
            }

            used = next;
        }

        return used;
    }

    /// <summary>Publishes to the queue, which is no use of it, until nothing leads there any more.</summary>
    /// <returns>A timestamp from then.</returns>
    private async Task<long> GoneAsync()
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < TestDeadline.Value)
        {
            try
            {
                await _client.Channel.BasicPublishAsync(string.Empty, _name, mandatory: true, "x"u8.ToArray());
            }
            catch (PublishReturnException)
            {
                return Stopwatch.GetTimestamp();
            }
        }

        throw new TimeoutException("The queue is there still.");
    }

    private Dictionary<string, object?> ToDead(Dictionary<string, object?> arguments) =>
        new(arguments) { ["x-dead-letter-exchange"] = string.Empty, ["x-dead-letter-routing-key"] = Dead };
}
