using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Ropeway.Core;
using Ropeway.Core.Topology;

namespace Ropeway.Management.Tests;

/// <summary>Statistics of messages, and how fast they change, with a clock that is moved by hand.</summary>
public sealed class RateTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ManagementRig _rig;

    public RateTests() => _rig = new ManagementRig(_time);

    public Task InitializeAsync() => _rig.InitializeAsync();

    public Task DisposeAsync() => ((IAsyncLifetime)_rig).DisposeAsync();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Queue_ThatTookMessages_TellsThemAndTheirRate()
    {
        await DeclareAsync("q");
        await PublishAsync("q", 10);
        Assert.Equal(10, await NumberAsync("/api/queues/%2F/q", "message_stats", "publish"));
        Assert.Equal(0, await NumberAsync("/api/queues/%2F/q", "message_stats", "publish_details", "rate"));

        _time.Advance(Step);

        Assert.Equal(2, await NumberAsync("/api/queues/%2F/q", "message_stats", "publish_details", "rate"));
        Assert.Equal(2, await NumberAsync("/api/queues/%2F/q", "messages_ready_details", "rate"));
        Assert.Equal(2, await NumberAsync("/api/vhosts/%2F", "messages_details", "rate"));
        Assert.Equal(2, await NumberAsync("/api/overview", "queue_totals", "messages_ready_details", "rate"));
        _time.Advance(Step);
        Assert.Equal(0, await NumberAsync("/api/queues/%2F/q", "message_stats", "publish_details", "rate"));
    }

    [Fact]
    public async Task Queue_ThatIsIdle_SaysSinceWhen()
    {
        await DeclareAsync("q");
        Assert.Equal("2026-01-01T00:00:00.000+00:00", (await _rig.JsonAsync("GET", "/api/queues/%2F/q")).GetProperty("idle_since").GetString());
        await PublishAsync("q", 1);
        _time.Advance(Step);
        Assert.False((await _rig.JsonAsync("GET", "/api/queues/%2F/q")).TryGetProperty("idle_since", out _));

        _time.Advance(Step);

        Assert.Equal("2026-01-01T00:00:05.000+00:00", (await _rig.JsonAsync("GET", "/api/queues/%2F/q")).GetProperty("idle_since").GetString());
    }

    [Fact]
    public async Task Sums_CountEachMessageOnce_AtOnce()
    {
        await DeclareAsync("one");
        await DeclareAsync("two");
        await _rig.StatusAsync("POST", "/api/bindings/%2F/e/amq.fanout/q/one", "{}");
        await _rig.StatusAsync("POST", "/api/bindings/%2F/e/amq.fanout/q/two", "{}");
        await PublishAsync("one", 3, "amq.fanout");
        await _rig.StatusAsync("POST", "/api/queues/%2F/one/get", """{"count":2,"ackmode":"ack_requeue_false","encoding":"auto"}""");

        foreach (string path in (string[])["/api/overview", "/api/vhosts/%2F"])
        {
            Assert.Equal(3, await NumberAsync(path, "message_stats", "publish"));
            Assert.Equal(2, await NumberAsync(path, "message_stats", "get"));
            Assert.Equal(2, await NumberAsync(path, "message_stats", "deliver_get"));
            Assert.Equal(2, await NumberAsync(path, "message_stats", "ack"));
        }

        Assert.Equal(3, await NumberAsync("/api/exchanges/%2F/amq.fanout", "message_stats", "publish_in"));
        Assert.Equal(6, await NumberAsync("/api/exchanges/%2F/amq.fanout", "message_stats", "publish_out"));
        _time.Advance(Step);
        Assert.Equal(3, await NumberAsync("/api/overview", "message_stats", "publish"));
    }

    [Fact]
    public async Task Sums_OfDeletedQueues_Stay_AndTheirMessagesGo()
    {
        await DeclareAsync("q");
        await PublishAsync("q", 5);
        _time.Advance(Step);
        await _rig.StatusAsync("DELETE", "/api/queues/%2F/q");
        _time.Advance(Step);

        Assert.Equal(5, await NumberAsync("/api/overview", "message_stats", "publish"));
        Assert.Equal(-1, await NumberAsync("/api/overview", "queue_totals", "messages_details", "rate"));
        Assert.Equal(0, Last(await _rig.JsonAsync("GET", "/api/ropeway/samples/overview"), "waiting"));
        Assert.Equal(1, await NumberAsync("/api/overview", "churn_rates", "queue_deleted"));
    }

    [Fact]
    public async Task Samples_OfAQueue_AreGivenBackToTheirTimes()
    {
        await DeclareAsync("q");
        for (int count = 1; count <= 3; count++)
        {
            await PublishAsync("q", count);
            _time.Advance(Step);
        }

        JsonElement queue = await _rig.JsonAsync("GET", "/api/queues/%2F/q?msg_rates_age=60&msg_rates_incr=5&lengths_age=60&lengths_incr=5");

        JsonElement publishes = queue.GetProperty("message_stats").GetProperty("publish_details");
        Assert.Equal([6, 3, 1], publishes.GetProperty("samples").EnumerateArray().Select(sample => sample.GetProperty("sample").GetInt64()));
        Assert.Equal(_time.GetUtcNow().ToUnixTimeMilliseconds(), publishes.GetProperty("samples")[0].GetProperty("timestamp").GetInt64());
        Assert.Equal((0.5, 10.0 / 3), (publishes.GetProperty("avg_rate").GetDouble(), publishes.GetProperty("avg").GetDouble()));
        Assert.Equal([6, 3, 1], queue.GetProperty("messages_details").GetProperty("samples").EnumerateArray().Select(sample => sample.GetProperty("sample").GetInt64()));
        Assert.Equal(400, await _rig.StatusAsync("GET", "/api/overview?msg_rates_age=x&msg_rates_incr=5"));
    }

    [Fact]
    public async Task Samples_OfCoarserSteps_AddUp()
    {
        await DeclareAsync("q");
        for (int step = 0; step < 24; step++)
        {
            await PublishAsync("q", 1);
            _time.Advance(Step);
        }

        JsonElement minutes = await _rig.JsonAsync("GET", "/api/ropeway/samples/queues/%2F/q?range=8h");

        Assert.Equal(60, minutes.GetProperty("step_s").GetInt32());
        Assert.Equal([0.2, 0.2], minutes.GetProperty("series").GetProperty("publish").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal([12, 24], minutes.GetProperty("series").GetProperty("waiting").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal("2026-01-01T00:02:00.000Z", minutes.GetProperty("end").GetString());
        JsonElement node = await _rig.JsonAsync("GET", "/api/ropeway/samples/overview?range=10m");
        Assert.Equal(24, node.GetProperty("series").GetProperty("publish").GetArrayLength());
        Assert.Equal(24, node.GetProperty("series").GetProperty("confirm_p99_ms").GetArrayLength());
        Assert.Equal(400, await _rig.StatusAsync("GET", "/api/ropeway/samples/overview?range=2h"));
        Assert.Equal(404, await _rig.StatusAsync("GET", "/api/ropeway/samples/queues/%2F/none"));
    }

    [Fact]
    public async Task Connection_TellsHowFastBytesComeAndLeave()
    {
        using var gone = new Registration(_rig.Broker, "guest", out ConnectionEntry entry, out FakeConnection connection);
        string path = $"/api/connections/{Uri.EscapeDataString(entry.Name)}";
        connection.Traffic = new ConnectionTraffic(ReceivedBytes: 1000, ReceiveCount: 1, SentBytes: 10, SendCount: 1, WaitingBytes: 0);
        _time.Advance(Step);
        connection.Traffic = new ConnectionTraffic(ReceivedBytes: 6000, ReceiveCount: 2, SentBytes: 110, SendCount: 2, WaitingBytes: 0);
        _time.Advance(Step);

        Assert.Equal(1000, await NumberAsync(path, "recv_oct_details", "rate"));
        Assert.Equal(20, await NumberAsync(path, "send_oct_details", "rate"));
    }

    [Fact]
    public async Task Node_TellsWhatItsProcessUsesAndHasDone()
    {
        await DeclareAsync("q");
        JsonElement before = (await _rig.JsonAsync("GET", "/api/nodes"))[0];
        await _rig.StatusAsync("PUT", "/api/queues/%2F/durable", """{"durable":true}""");
        _time.Advance(Step);
        JsonElement node = (await _rig.JsonAsync("GET", "/api/nodes"))[0];

        Assert.All(["mem_used", "fd_used", "fd_total", "sockets_total", "proc_used", "proc_total"], name => Assert.True(node.GetProperty(name).GetInt64() > 0, name));
        long written = node.GetProperty("io_write_bytes").GetInt64() - before.GetProperty("io_write_bytes").GetInt64();
        Assert.True(written > 0);
        Assert.Equal(written / 5.0, node.GetProperty("io_write_bytes_details").GetProperty("rate").GetDouble());
        Assert.Equal(2, node.GetProperty("queue_created").GetInt64());
        Assert.Equal(ExchangeTypes.Names, node.GetProperty("exchange_types").EnumerateArray().Select(type => type.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Queue_ThatHadBeenIdleForLong_IsSampledAgain()
    {
        await DeclareAsync("q");
        await PublishAsync("q", 1);
        for (int step = 0; step < 130; step++)
        {
            _time.Advance(Step);
        }

        Assert.Equal(0, (await _rig.JsonAsync("GET", "/api/ropeway/samples/queues/%2F/q")).GetProperty("series").GetProperty("publish").GetArrayLength());
        await PublishAsync("q", 5);
        _time.Advance(Step);

        Assert.Equal(1, await NumberAsync("/api/queues/%2F/q", "message_stats", "publish_details", "rate"));
        Assert.Equal(6, Last(await _rig.JsonAsync("GET", "/api/ropeway/samples/overview"), "waiting"));
        Assert.Equal(1, (await _rig.JsonAsync("GET", "/api/ropeway/samples/queues/%2F/q")).GetProperty("series").GetProperty("publish").GetArrayLength());
    }

    private static double Last(JsonElement samples, string series) => samples.GetProperty("series").GetProperty(series).EnumerateArray().Last().GetDouble();

    private async Task DeclareAsync(string queue) => await _rig.StatusAsync("PUT", $"/api/queues/%2F/{queue}", """{"durable":false}""");

    private async Task PublishAsync(string key, int count, string exchange = "amq.default")
    {
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(200, await _rig.StatusAsync("POST", $"/api/exchanges/%2F/{exchange}/publish", $$"""{"properties":{},"routing_key":"{{key}}","payload":"x","payload_encoding":"string"}"""));
        }
    }

    private async Task<double> NumberAsync(string path, params string[] names) =>
        names.Aggregate(await _rig.JsonAsync("GET", path), (element, name) => element.GetProperty(name)).GetDouble();
}
