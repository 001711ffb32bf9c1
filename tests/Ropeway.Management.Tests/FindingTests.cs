using System.Text.Json;
using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Resources;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Security.Tls;

namespace Ropeway.Management.Tests;

/// <summary>What needs a look: when it begins to count, what is said, and when it is over.</summary>
public sealed class FindingTests : IAsyncLifetime, IDisposable
{
    private const string Path = "/api/ropeway/findings";

    private readonly SteppedRig _rig = new();

    public Task InitializeAsync() => _rig.InitializeAsync();

    public Task DisposeAsync() => ((IAsyncLifetime)_rig).DisposeAsync();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task QueueWithoutConsumer_CountsAfterAMinute_AndUntilSomebodyConsumes()
    {
        Queue queue = _rig.Declare("orders.dead");
        await _rig.PublishAsync("orders.dead", 2);
        _rig.Tick(60);
        Assert.Empty(await ListAsync());

        _rig.Tick();

        JsonElement finding = Assert.Single(await ListAsync());
        Assert.Equal(
            """{"id":"queue.no-consumer","severity":"bad","kind":"queue","vhost":"/","name":"orders.dead","since":"2026-03-01T12:00:01.000Z","fact":"orders.dead holds 2 messages and nobody consumes it.","cause":"No consumer is subscribed.","messages":2,"act":{"label":"Open queue","path":"/queues/%2F/orders.dead"}}""",
            finding.GetRawText());
        JsonElement row = (await _rig.JsonAsync("GET", "/api/ropeway/queues?sort=-severity")).GetProperty("items")[0];
        Assert.Equal(("no consumer", "nobody consumes it"), (row.GetProperty("state").GetString(), row.GetProperty("reason").GetString()));
        Assert.Equal(1, (await _rig.JsonAsync("GET", "/api/ropeway/overview")).GetProperty("findings").GetProperty("bad").GetInt32());

        new HoldingConsumer(queue, prefetch: 10).Begin();
        _rig.Tick();
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task QueueWithoutConsumer_ThatWasQuietForLong_SaysWhatIsThereNow()
    {
        _rig.Declare("orders.dead");
        await _rig.PublishAsync("orders.dead", 2);
        _rig.Tick(400);
        Assert.Equal("orders.dead holds 2 messages and nobody consumes it.", Assert.Single(await ListAsync()).GetProperty("fact").GetString());

        await _rig.PublishAsync("orders.dead", 60);
        _rig.Tick();

        JsonElement finding = Assert.Single(await ListAsync());
        Assert.Equal("orders.dead holds 62 messages and nobody consumes it.", finding.GetProperty("fact").GetString());
        Assert.Equal("No consumer is subscribed, and 1/s come in.", finding.GetProperty("cause").GetString());
        JsonElement row = (await _rig.JsonAsync("GET", "/api/ropeway/queues")).GetProperty("items")[0];
        Assert.Equal(10.9, row.GetProperty("in_rate").GetDouble()); // 60 in the last of 400 s, smoothed over five.
    }

    [Fact]
    public async Task QueueWhoseMessagesExpireIntoAnother_NeedsNoConsumer()
    {
        _rig.Declare("wait", new FieldTable { { "x-message-ttl", 3_600_000L }, { "x-dead-letter-exchange", "amq.fanout" } });
        await _rig.PublishAsync("wait", 1);

        _rig.Tick(90);

        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task ConsumerThatSettlesNothing_CountsAfterAMinute_AndUntilItSettles()
    {
        Queue queue = _rig.Declare("mail");
        var consumer = new HoldingConsumer(queue, prefetch: 5);
        using var registration = new Registration(_rig.Broker, "guest", out ConnectionEntry entry, out FakeConnection connection);
        connection.Consumers.Add(new OpenConsumer(consumer, "tag-1", 5, null));
        consumer.Begin();
        await _rig.PublishAsync("mail", 5);
        await consumer.HoldsAsync(5);
        _rig.Tick(60);
        Assert.Empty(await ListAsync());

        _rig.Tick();

        JsonElement finding = Assert.Single(await ListAsync());
        Assert.Equal(("queue.stalled", "bad"), IdOf(finding));
        Assert.Equal("Consumers of mail hold 5 messages and have settled none for a minute.", finding.GetProperty("fact").GetString());
        Assert.Equal($"mine ({entry.Name}) holds them with the consumer tag-1.", finding.GetProperty("cause").GetString());

        consumer.Settle(1);
        _rig.Tick();
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task QueueThatGrows_CountsAfterAMinute_WithItsCause()
    {
        Queue queue = _rig.Declare("mail");
        var consumer = new HoldingConsumer(queue, prefetch: 50);
        using var registration = new Registration(_rig.Broker, "guest", out _, out FakeConnection connection);
        connection.Consumers.Add(new OpenConsumer(consumer, "tag-1", 50, null));
        consumer.Begin();
        await _rig.PublishAsync("mail", 170);
        await consumer.HoldsAsync(50);
        _rig.Tick();
        for (int i = 0; i < 200; i++)
        {
            await _rig.PublishAsync("mail", 3);
            consumer.Settle(1);
            await consumer.HoldsAsync(50);
            _rig.Tick();
        }

        JsonElement finding = Assert.Single(await ListAsync());
        Assert.Equal(("queue.growing", "warn"), IdOf(finding));
        Assert.Matches(@"^mail grows by [2-9][0-9.]*/s: [3-9][0-9.]*/s come in, 1/s go out\.$", finding.GetProperty("fact").GetString());
        Assert.Matches(@"^Its 1 consumer holds 50 of 50 allowed and needs 5[0-9] s each; [2-9] more of the same would keep up\.$", finding.GetProperty("cause").GetString());
        JsonElement row = (await _rig.JsonAsync("GET", "/api/ropeway/queues?state=growing")).GetProperty("items")[0];
        Assert.Equal(("growing", "1 consumer at the limit of 50"), (row.GetProperty("empty_in_s").GetString(), row.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task QueueThatGrows_WhoseConsumerDoesNotRead_SaysSo()
    {
        Queue queue = _rig.Declare("mail");
        using var registration = new Registration(_rig.Broker, "guest", out ConnectionEntry entry, out FakeConnection connection);
        connection.Consumers.Add(new OpenConsumer(new FakeConsumer(queue), "tag-1", 0, null));
        queue.AddConsumer(connection.Consumers[0].Consumer);
        connection.BackloggedBytes = 2 * 1024 * 1024;
        await _rig.PublishAsync("mail", 101);
        for (int i = 0; i < 100; i++)
        {
            await _rig.PublishAsync("mail", 3);
            _rig.Tick();
        }

        JsonElement finding = Assert.Single(await ListAsync());
        Assert.Equal(("queue.growing", "warn"), IdOf(finding));
        Assert.Equal($"mine ({entry.Name}) does not read what it is sent: 2.00 MiB wait for it.", finding.GetProperty("cause").GetString());

        for (int i = 0; i < 6; i++)
        {
            connection.DeliveredCount++; // It reads, and is behind again.
            _rig.Tick();
        }

        Assert.Equal("Its 1 consumer does not keep up.", Assert.Single(await ListAsync()).GetProperty("cause").GetString());
    }

    [Fact]
    public async Task QueueNearItsLimit_CountsFromFourFifths_UntilItIsWellBelow()
    {
        Queue queue = _rig.Declare("short", new FieldTable { { "x-max-length", 20L }, { "x-overflow", "reject-publish" } });
        await _rig.PublishAsync("short", 15);
        _rig.Tick();
        Assert.Empty(await ListAsync());

        await _rig.PublishAsync("short", 1);
        _rig.Tick();
        JsonElement finding = Assert.Single(await ListAsync());
        Assert.Equal(("queue.near-limit", "warn"), IdOf(finding));
        Assert.Equal("short holds 16 of the 20 messages that it may.", finding.GetProperty("fact").GetString());
        Assert.StartsWith("At the limit new messages are refused.", finding.GetProperty("cause").GetString(), StringComparison.Ordinal);

        await _rig.PublishAsync("short", 3);
        _rig.Tick();
        Assert.Equal(("queue.near-limit", "bad"), IdOf(Assert.Single(await ListAsync())));

        var consumer = new HoldingConsumer(queue, prefetch: 5);
        consumer.Begin();
        await consumer.HoldsAsync(5);
        _rig.Tick();
        Assert.Single(await ListAsync());

        consumer.Settle(3);
        await consumer.HoldsAsync(5);
        _rig.Tick();
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task MessageThatComesBackAgainAndAgain_IsNamed()
    {
        Queue queue = _rig.Declare("poisoned", new FieldTable { { "x-queue-type", "quorum" } });
        await _rig.PublishAsync("poisoned", 1);
        var consumer = new HoldingConsumer(queue, prefetch: 1);
        consumer.Begin();
        for (int i = 0; i < 5; i++)
        {
            await consumer.HoldsAsync(1);
            consumer.Return(1);
        }

        _rig.Tick();

        JsonElement finding = Assert.Single(await ListAsync());
        Assert.Equal(("message.poison", "warn"), IdOf(finding));
        Assert.Equal("Message 0 of poisoned has come back 5 times.", finding.GetProperty("fact").GetString());
        Assert.Equal("/queues/%2F/poisoned?tab=messages&from=0", finding.GetProperty("act").GetProperty("path").GetString());
    }

    [Fact]
    public async Task QueueThatTheBrokerCannotServe_CountsAtOnce()
    {
        Queue queue = _rig.Declare("broken");
        await _rig.PublishAsync("broken", 1);
        queue.OnFault(new InvalidOperationException("a test"));

        _rig.Tick();

        JsonElement finding = Assert.Single(await ListAsync());
        Assert.Equal(("log.quarantined", "bad"), IdOf(finding));
        Assert.StartsWith("broken is out of service: the broker has failed in serving it", finding.GetProperty("fact").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConsumerThatRejectsMany_CountsAfterFiveMinutes()
    {
        Queue queue = _rig.Declare("picky", new FieldTable { { "x-dead-letter-exchange", "amq.fanout" } });
        var consumer = new HoldingConsumer(queue, prefetch: 10);
        consumer.Begin();
        for (int i = 0; i < 65; i++)
        {
            await _rig.PublishAsync("picky", 2);
            await consumer.HoldsAsync(2);
            consumer.Reject(1);
            consumer.Settle(1);
            _rig.Tick(5);
        }

        JsonElement finding = Assert.Single(await ListAsync());
        Assert.Equal(("queue.rejecting", "warn"), IdOf(finding));
        Assert.Matches("^(49|50) % of the deliveries of picky end as dead letters\\.$", finding.GetProperty("fact").GetString());
        Assert.Equal("Its consumers reject them.", finding.GetProperty("cause").GetString());
    }

    [Fact]
    public async Task QueueThatIsPaused_SaysWhy_AndNeedsNoConsumer()
    {
        _rig.Declare("held");
        await _rig.PublishAsync("held", 1);
        Assert.Equal(204, await _rig.StatusAsync("POST", "/api/ropeway/queues/%2F/held/pause", """{"reason":"until the fix is out"}"""));
        _rig.Tick(90);

        JsonElement row = (await _rig.JsonAsync("GET", "/api/ropeway/queues?state=paused")).GetProperty("items")[0];

        Assert.Equal("until the fix is out", row.GetProperty("reason").GetString());
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task MessagesThatLeadToNoQueue_AreFoundForFiveMinutes()
    {
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(200, await _rig.StatusAsync("POST", "/api/exchanges/%2F/amq.direct/publish", """{"routing_key":"nowhere","payload":"x","payload_encoding":"string","properties":{}}"""));
        }

        _rig.Tick();

        JsonElement finding = Assert.Single(await ListAsync());
        Assert.Equal(("publish.unroutable", "warn"), IdOf(finding));
        Assert.Equal("3 messages that were published to amq.direct within five minutes led to no queue.", finding.GetProperty("fact").GetString());
        _rig.Tick(301);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task PublishersThatWait_CountAfterFiveSeconds()
    {
        _rig.Broker.Admission.Set(AdmissionCause.Memory, holds: true);
        _rig.Tick(5);
        Assert.Empty(await ListAsync());

        _rig.Tick();

        JsonElement finding = Assert.Single(await ListAsync());
        Assert.Equal(("publish.slowed", "warn"), IdOf(finding));
        Assert.Equal("All publishers have to wait: low on memory.", finding.GetProperty("fact").GetString());
        Assert.Equal("low on memory", (await _rig.JsonAsync("GET", "/api/ropeway/overview")).GetProperty("slowed")[0].GetProperty("reason").GetString());

        _rig.Broker.Admission.Set(AdmissionCause.Memory, holds: false);
        _rig.Tick();
        Assert.Empty(await ListAsync());
    }

    [Theory]
    [InlineData(200, 100, "disk.space", "warn", "The disk is 80 % full: 200 bytes of 1000 bytes are free.")]
    [InlineData(100, 100, "disk.space", "bad", "The disk is 90 % full: 100 bytes of 1000 bytes are free.")]
    [InlineData(900, 800, "memory", "warn", "The process uses 800 bytes, 80 % of the memory it may.")]
    [InlineData(900, 950, "memory", "bad", "The process uses 950 bytes, 95 % of the memory it may.")]
    public async Task DiskAndMemory_NearTheirLimits_AreFound(long free, long used, string id, string severity, string fact)
    {
        _rig.Gauges.FreeDiskBytes = free;
        _rig.Gauges.UsedMemoryBytes = used;

        _rig.Tick(6);

        JsonElement finding = Assert.Single(await ListAsync());
        Assert.Equal((id, severity), IdOf(finding));
        Assert.Equal(fact, finding.GetProperty("fact").GetString());
    }

    [Fact]
    public async Task DiskThatFillsUp_IsFoundBeforeItIsFull()
    {
        for (int i = 0; i < 12; i++)
        {
            _rig.Gauges.FreeDiskBytes -= 5;
            _rig.Tick(60);
        }

        JsonElement finding = Assert.Single(await ListAsync());
        Assert.Equal(("disk.space", "warn"), IdOf(finding));
        Assert.StartsWith("At the pace of the last hour it is full in 2 h", finding.GetProperty("cause").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManyRefusedLogins_AreFoundByAddressAndUser()
    {
        for (int i = 0; i < 11; i++)
        {
            await _rig.StatusAsync("GET", "/api/whoami", login: "victim:wrong");
        }

        _rig.Tick();

        JsonElement[] findings = await ListAsync();
        Assert.Equal(["as user victim", "from 127.0.0.1"], findings.Select(finding => finding.GetProperty("name").GetString()).Order(StringComparer.Ordinal));
        Assert.All(findings, finding => Assert.Equal(("auth.failures", "warn"), IdOf(finding)));
        Assert.Contains("user 'victim' from 127.0.0.1", findings[0].GetProperty("cause").GetString(), StringComparison.Ordinal);

        _rig.Tick(61);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task ClientThatOpensAConnectionForEachMessage_CountsAfterAMinute()
    {
        for (int i = 0; i < 70; i++)
        {
            for (int k = 0; k < 12; k++)
            {
                new Registration(_rig.Broker, "guest", out _, out _).Dispose();
            }

            _rig.Tick();
        }

        JsonElement finding = Assert.Single(await ListAsync());
        Assert.Equal(("connections.churn", "warn"), IdOf(finding));
        Assert.Equal("User guest at 203.0.113.9 opens and closes 12/s connections.", finding.GetProperty("fact").GetString());
        Assert.Contains("The client mine should keep one open", finding.GetProperty("cause").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(31, null)]
    [InlineData(29, "warn")]
    [InlineData(6, "bad")]
    [InlineData(-1, "bad")]
    public async Task CertificateThatEndsSoon_IsFound(int days, string? severity)
    {
        _rig.Certificates.Add(new TlsCertificate("CN=broker.example", _rig.Time.GetUtcNow().AddDays(days)));
        _rig.Tick(60);

        Assert.Equal(severity is null ? [] : [("tls.expiry", severity)], (await ListAsync()).Select(IdOf));
    }

    [Fact]
    public async Task Findings_OfAUser_AreThoseOfItsVirtualHosts()
    {
        _rig.Broker.VirtualHosts.Create("closed", out VirtualHost closed);
        closed.DeclareQueue(new QueueSettings("secret", Durable: true, Exclusive: false, AutoDelete: false, Arguments: null, Owner: null)).Queue.OnFault(new InvalidOperationException("a test"));
        Queue open = _rig.Declare("open");
        await _rig.PublishAsync("open", 1);
        open.OnFault(new InvalidOperationException("a test"));
        _rig.Gauges.FreeDiskBytes = 100;
        _rig.AddUser("clerk", "management");
        _rig.Tick(6);

        Assert.Equal(["open"], (await ListAsync("clerk:clerk")).Select(finding => finding.GetProperty("name").GetString()));
        Assert.Equal(404, await _rig.StatusAsync("POST", $"{Path}/snooze", """{"id":"disk.space","name":"ropeway@test","for_s":60}""", "clerk:clerk"));
    }

    [Fact]
    public async Task SnoozedFinding_IsNotShownUntilTheTimeIsOver()
    {
        _rig.Gauges.FreeDiskBytes = 100;
        _rig.Tick(6);

        Assert.Equal(204, await _rig.StatusAsync("POST", $"{Path}/snooze", """{"id":"disk.space","name":"ropeway@test","for_s":3600,"reason":"a new disk is ordered"}"""));
        Assert.Empty(await ListAsync());
        JsonElement snoozed = Assert.Single((await _rig.JsonAsync("GET", $"{Path}?snoozed=true")).EnumerateArray());
        Assert.Equal("a new disk is ordered", snoozed.GetProperty("snoozed_reason").GetString());
        Assert.Equal(0, (await _rig.JsonAsync("GET", "/api/ropeway/overview")).GetProperty("findings").GetProperty("bad").GetInt32());

        _rig.Time.Advance(TimeSpan.FromHours(1));
        _rig.Tick();
        Assert.Single(await ListAsync());
    }

    [Fact]
    public async Task SnoozedFinding_ThatIsUnsnoozed_IsShownAgain()
    {
        const string Snoozed = $"{Path}/snooze?id=disk.space&name=ropeway@test";
        _rig.Gauges.FreeDiskBytes = 100;
        _rig.AddUser("clerk", "management");
        _rig.Tick(6);
        Assert.Equal(404, await _rig.StatusAsync("DELETE", Snoozed));
        Assert.Equal(204, await _rig.StatusAsync("POST", $"{Path}/snooze", """{"id":"disk.space","name":"ropeway@test","for_s":3600}"""));
        Assert.Equal(404, await _rig.StatusAsync("DELETE", Snoozed, login: "clerk:clerk"));
        Assert.Equal(400, await _rig.StatusAsync("DELETE", $"{Path}/snooze?id=disk.space"));
        Assert.Empty(await ListAsync());

        Assert.Equal(204, await _rig.StatusAsync("DELETE", Snoozed));
        Assert.Single(await ListAsync());
        Assert.Empty((await _rig.JsonAsync("GET", $"{Path}?snoozed=true")).EnumerateArray());
    }

    [Theory]
    [InlineData("""{"id":"disk.space","name":"other","for_s":60}""", 404)]
    [InlineData("""{"id":"disk.space","name":"ropeway@test","for_s":0}""", 400)]
    [InlineData("""{"name":"ropeway@test","for_s":60}""", 400)]
    public async Task Snooze_OfNothingOrMalformed_IsRefused(string body, int status) => Assert.Equal(status, await _rig.StatusAsync("POST", $"{Path}/snooze", body));

    [Fact]
    public async Task Findings_AreMeasured()
    {
        _rig.Gauges.FreeDiskBytes = 100;
        _rig.Tick(6);

        using HttpResponseMessage metrics = await _rig.SendAsync("GET", "/metrics");

        Assert.Contains("ropeway_findings{id=\"disk.space\",severity=\"bad\"} 1\n", await metrics.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finding_IsToldToWhoFollows()
    {
        using EventReader events = await EventReader.OpenAsync(_rig, "/api/ropeway/events?topics=findings");
        Assert.Empty((await events.TopicsOfAsync("snapshot")).GetProperty("findings").EnumerateArray());

        _rig.Gauges.FreeDiskBytes = 100;
        _rig.Tick(6);

        Assert.Single((await events.TopicsOfAsync("change")).GetProperty("findings").EnumerateArray());
    }

    private static (string Id, string Severity) IdOf(JsonElement finding) => (finding.GetProperty("id").GetString()!, finding.GetProperty("severity").GetString()!);

    private async Task<JsonElement[]> ListAsync(string login = "guest:guest") => [.. (await _rig.JsonAsync("GET", Path, login: login)).EnumerateArray()];
}
