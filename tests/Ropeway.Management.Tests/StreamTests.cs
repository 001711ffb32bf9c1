using System.Text.Json;
using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Streams;
using Ropeway.Messages;

namespace Ropeway.Management.Tests;

/// <summary>Who reads a stream, over HTTP.</summary>
public sealed class StreamTests : IAsyncLifetime, IDisposable
{
    private const string Path = "/api/ropeway/queues/%2F/events/readers";

    private readonly SteppedRig _rig = new();

    public Task InitializeAsync() => _rig.InitializeAsync();

    public Task DisposeAsync() => ((IAsyncLifetime)_rig).DisposeAsync();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Readers_AreTold_TheFurthestBehindFirst_WithTheAgeOfWhatTheyGetNext()
    {
        Queue queue = _rig.Declare("events", new FieldTable { ["x-queue-type"] = "stream" });
        using var registration = new Registration(_rig.Broker, "guest", out ConnectionEntry entry, out FakeConnection connection);
        for (int i = 0; i < 3; i++)
        {
            await _rig.PublishAsync("events", 1);
            _rig.Tick(10);
        }

        foreach ((string tag, StreamStart start) in new[] { ("up to date", StreamStart.At(3)), ("behind", StreamStart.At(1)) })
        {
            var consumer = new FakeConsumer(queue) { Start = start };
            Assert.Equal(ConsumerRefusal.None, queue.AddConsumer(consumer));
            connection.Consumers.Add(new OpenConsumer(consumer, tag, 9, null) { UnackedCount = 4 });
        }

        JsonElement answer = await _rig.JsonAsync("GET", Path);

        Assert.Equal(
            ["behind 1 2 20", "up to date 3 0 0"],
            answer.GetProperty("readers").EnumerateArray().Select(reader =>
                $"{reader.GetProperty("consumer_tag").GetString()} {reader.GetProperty("position")} {reader.GetProperty("lag")} {reader.GetProperty("lag_s")}"));
        JsonElement first = answer.GetProperty("readers")[0];
        Assert.Equal((9, 4, entry.Name), (first.GetProperty("prefetch").GetInt32(), first.GetProperty("held").GetInt32(), first.GetProperty("channel_details").GetProperty("connection_name").GetString()));
        Assert.Equal(("2026-03-01T12:00:00.000Z", "2026-03-01T12:00:20.000Z"), (answer.GetProperty("oldest_at").GetString(), answer.GetProperty("newest_at").GetString()));
    }

    [Fact]
    public async Task Readers_OfAnEmptyStream_AreNone()
    {
        _rig.Declare("events", new FieldTable { ["x-queue-type"] = "stream" });

        Assert.Equal("""{"oldest_at":null,"newest_at":null,"readers":[]}""", (await _rig.JsonAsync("GET", Path)).GetRawText());
    }

    [Fact]
    public async Task Readers_OfWhatIsNoStream_AreRefused()
    {
        Assert.Equal((404, "not_found", "no queue 'events' in vhost '/'"), await _rig.RefusalAsync("GET", Path));
        _rig.Declare("events");
        (int status, _, string reason) = await _rig.RefusalAsync("GET", Path);
        Assert.Equal(400, status);
        Assert.StartsWith("queue 'events' in vhost '/' is no stream", reason, StringComparison.Ordinal);
    }
}
