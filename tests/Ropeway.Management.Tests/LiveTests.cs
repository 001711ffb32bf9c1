using System.Net;
using System.Text.Json;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Live;
using Ropeway.Security;

namespace Ropeway.Management.Tests;

/// <summary>The streams that pages follow. Each test has a server of its own: a second of one is a second of all.</summary>
public sealed class LiveTests : IAsyncLifetime, IDisposable
{
    private readonly SteppedRig _rig = new();

    public Task InitializeAsync() => _rig.InitializeAsync();

    public Task DisposeAsync() => ((IAsyncLifetime)_rig).DisposeAsync();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Stream_Opened_BeginsWithASnapshotOfItsTopics()
    {
        _rig.Declare("first");

        using EventReader events = await EventReader.OpenAsync(_rig, "/api/ropeway/events?topics=overview,findings,queue:%252F:first");
        (string name, JsonElement data) = await events.NextAsync();

        Assert.Equal("snapshot", name);
        Assert.False(string.IsNullOrEmpty(data.GetProperty("stream").GetString()));
        JsonElement topics = data.GetProperty("topics");
        Assert.Equal("ropeway@test", topics.GetProperty("overview").GetProperty("node").GetString());
        Assert.Equal(1, topics.GetProperty("overview").GetProperty("queues").GetInt32());
        Assert.Equal(JsonValueKind.Array, topics.GetProperty("findings").ValueKind);
        Assert.Equal("idle", topics.GetProperty("queue:%2F:first").GetProperty("state").GetString());
    }

    [Fact]
    public async Task Stream_WhenMessagesCome_TellsChangedFieldsOnly()
    {
        _rig.Declare("filled");
        using EventReader events = await EventReader.OpenAsync(_rig, "/api/ropeway/events?topics=overview,queue:%2F:filled");
        await events.NextAsync();

        await _rig.PublishAsync("filled", 3);
        _rig.Tick();
        JsonElement topics = await events.TopicsOfAsync("change");

        JsonElement overview = topics.GetProperty("overview");
        Assert.Equal(3, overview.GetProperty("waiting").GetInt64());
        Assert.Equal(3, overview.GetProperty("published_rate").GetDouble());
        Assert.Equal(["/", "filled"], overview.GetProperty("oldest_queue").EnumerateArray().Select(part => part.GetString()));
        Assert.False(overview.TryGetProperty("node", out _));
        JsonElement queue = topics.GetProperty("queue:/:filled");
        Assert.Equal(3, queue.GetProperty("waiting").GetInt64());
        Assert.Equal(1, queue.GetProperty("oldest_s").GetDouble());
        Assert.Equal("flowing", queue.GetProperty("state").GetString());
        Assert.False(queue.TryGetProperty("type", out _));
    }

    [Fact]
    public async Task Rows_FollowWhatThePageShows()
    {
        _rig.Declare("one");
        _rig.Declare("two");
        using EventReader events = await EventReader.OpenAsync(_rig, "/api/ropeway/events?topics=rows");
        (_, JsonElement snapshot) = await events.NextAsync();
        Assert.Empty(snapshot.GetProperty("topics").GetProperty("rows").EnumerateArray());
        string path = $"/api/ropeway/events/{snapshot.GetProperty("stream").GetString()}";

        Assert.Equal(204, await _rig.StatusAsync("POST", path, """{"rows":[["/","one"],["/","gone"]]}"""));
        JsonElement rows = (await events.TopicsOfAsync("change")).GetProperty("rows");
        Assert.Equal(["one", "gone"], rows.EnumerateArray().Select(row => row.GetProperty("name").GetString()));
        Assert.Equal("classic", rows[0].GetProperty("type").GetString());
        Assert.True(rows[1].GetProperty("gone").GetBoolean());

        await _rig.PublishAsync("two", 1);
        await _rig.PublishAsync("one", 1);
        _rig.Tick();
        rows = (await events.TopicsOfAsync("change")).GetProperty("rows");
        JsonElement changed = Assert.Single(rows.EnumerateArray());
        Assert.Equal("one", changed.GetProperty("name").GetString());
        Assert.Equal(1, changed.GetProperty("waiting").GetInt64());
        Assert.False(changed.TryGetProperty("type", out _));

        _rig.Broker.VirtualHosts.TryGet("/", out VirtualHost? host);
        host!.DeleteQueue("one", owner: null, ifUnused: false, ifEmpty: false);
        _rig.Tick();
        rows = (await events.TopicsOfAsync("change")).GetProperty("rows");
        Assert.True(Assert.Single(rows.EnumerateArray()).GetProperty("gone").GetBoolean());
    }

    [Theory]
    [InlineData(255, 204)]
    [InlineData(256, 400)]
    public async Task Follow_NameLongerThanAQueuesCanBe_IsRefused(int length, int expected)
    {
        using EventReader events = await EventReader.OpenAsync(_rig, "/api/ropeway/events?topics=rows");
        (_, JsonElement snapshot) = await events.NextAsync();
        string path = $"/api/ropeway/events/{snapshot.GetProperty("stream").GetString()}";
        string name = new('n', length);

        Assert.Equal(expected, await _rig.StatusAsync("POST", path, $$"""{"rows":[["/","{{name}}"]]}"""));
        Assert.Equal(expected, await _rig.StatusAsync("POST", path, $$"""{"topics":["queue:%2F:{{name}}"]}"""));
    }

    [Fact]
    public async Task QuietStream_IsKeptAliveEveryFifteenSeconds()
    {
        using EventReader events = await EventReader.OpenAsync(_rig, "/api/ropeway/events?topics=findings");
        await events.NextAsync();

        for (int i = 0; i < 15; i++)
        {
            _rig.Tick();
        }

        Assert.Equal(":", (await events.NextAsync()).Name);
    }

    [Fact]
    public async Task QuietStream_SecondsPassBeforeItsThreadGoesOn_IsKeptAliveInTimeAllTheSame()
    {
        Assert.True(_rig.Broker.Users.TryGet("guest", out User? guest));
        LiveStream stream = _rig.Live.Streams.Open(guest, session: null, resumed: null, new Subscription(Subscription.ParseTopics(["findings"]), []));
        using var body = new FlushedStream(count => _rig.Tick(count == 1 ? 10 : 0)); // The snapshot is out; whoever reads it is quicker than who wrote it.
        using var gone = new CancellationTokenSource();

        Task serving = new LiveFeed(_rig.Live, stream).RunAsync(body, gone.Token);
        _rig.Tick(5);

        await body.FlushedAsync(2);
        Assert.EndsWith(":\n\n", body.Text, StringComparison.Ordinal);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving);
    }

    [Fact]
    public async Task Reader_ThatCameLate_GetsTheNewestValuesAndNotOneEventASecond()
    {
        _rig.Declare("busy");
        var values = new TopicWriter(_rig.Live.Values);
        var wanted = new Subscription(Subscription.ParseTopics(["queue:%2F:busy"]), []);
        await _rig.PublishAsync("busy", 1);
        _rig.Tick();

        // What is made for a reader rests on what it was told last, however many seconds have passed since.
        string first = Written(values, wanted);
        for (int i = 0; i < 100; i++)
        {
            await _rig.PublishAsync("busy", 1);
            _rig.Tick();
        }

        string next = Written(values, wanted);
        Assert.Contains("\"waiting\":1,", first, StringComparison.Ordinal);
        Assert.Contains("\"waiting\":101,", next, StringComparison.Ordinal);
        Assert.Equal("{}", Written(values, wanted));
    }

    [Fact]
    public async Task Stream_ThatComesBack_FollowsTheSameRows()
    {
        _rig.Declare("kept");
        string id;
        using (EventReader events = await EventReader.OpenAsync(_rig, "/api/ropeway/events?topics=rows"))
        {
            (_, JsonElement snapshot) = await events.NextAsync();
            id = snapshot.GetProperty("stream").GetString()!;
            Assert.Equal(204, await _rig.StatusAsync("POST", $"/api/ropeway/events/{id}", """{"rows":[["/","kept"]]}"""));
            await events.TopicsOfAsync("change");

            using EventReader again = await EventReader.OpenAsync(_rig, "/api/ropeway/events?topics=rows", headers: ("Last-Event-ID", events.LastId));
            (string name, JsonElement data) = await again.NextAsync();

            Assert.Equal("snapshot", name);
            Assert.Equal(id, data.GetProperty("stream").GetString());
            Assert.Equal("kept", Assert.Single(data.GetProperty("topics").GetProperty("rows").EnumerateArray()).GetProperty("name").GetString());
            _rig.Tick();
            Assert.Equal("end", (await events.NextAsync()).Name);
        }
    }

    [Fact]
    public async Task Streams_OverTheLimitOfAUser_AreRefused()
    {
        var open = new List<EventReader>();
        for (int i = 0; i < 8; i++)
        {
            open.Add(await EventReader.OpenAsync(_rig, "/api/ropeway/events"));
        }

        using HttpResponseMessage refused = await EventReader.RequestAsync(_rig, "/api/ropeway/events", "guest:guest");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains("too_many_streams", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        open.ForEach(events => events.Dispose());
    }

    [Fact]
    public void Stream_ThatComesBackToAUserWithTheMost_IsRefused()
    {
        LiveStreams streams = NewStreams(out User user);
        LiveStream left = Open(streams, user);
        streams.Leave(left, left.Connect());
        for (int i = 0; i < LiveStreams.CountPerUserMax; i++)
        {
            Open(streams, user);
        }

        Assert.Equal(429, Assert.Throws<ApiException>(() => Open(streams, user, left.Id)).Status);
    }

    [Fact]
    public void Stream_ThatComesBackBeforeItsEndIsNoticed_CountsOnce()
    {
        LiveStreams streams = NewStreams(out User user);
        LiveStream[] open = [.. Enumerable.Range(0, LiveStreams.CountPerUserMax).Select(_ => Open(streams, user))];

        Assert.Same(open[3], Open(streams, user, open[3].Id));
    }

    [Fact]
    public void Streams_ThatWereLeft_AreKeptForTheLastPagesOfAUserOnly()
    {
        LiveStreams streams = NewStreams(out User user);
        var left = new List<LiveStream>();
        for (int i = 0; i < 20; i++)
        {
            left.Add(Open(streams, user));
            streams.Leave(left[^1], left[^1].Connect());
            _rig.Tick();
        }

        Assert.NotSame(left[0], Open(streams, user, left[0].Id));
        Assert.Same(left[^1], Open(streams, user, left[^1].Id));
    }

    [Fact]
    public async Task Streams_OverTheLimitOfTheNode_AreRefused()
    {
        var open = new List<EventReader>();
        for (int i = 0; i < 25; i++)
        {
            _rig.AddUser($"user{i}", "management");
            for (int k = 0; k < 8; k++)
            {
                open.Add(await EventReader.OpenAsync(_rig, "/api/ropeway/events?topics=findings", $"user{i}:user{i}"));
            }
        }

        using HttpResponseMessage refused = await EventReader.RequestAsync(_rig, "/api/ropeway/events", "guest:guest");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        open.ForEach(events => events.Dispose());
    }

    [Fact]
    public async Task Stream_OfAUserWithoutRights_ShowsNothingOfOthers()
    {
        _rig.Broker.VirtualHosts.Create("closed", out VirtualHost closed);
        closed.DeclareQueue(new QueueSettings("secret", Durable: true, Exclusive: false, AutoDelete: false, Arguments: null, Owner: null));
        _rig.AddUser("guest2", "management");

        using EventReader events = await EventReader.OpenAsync(_rig, "/api/ropeway/events?topics=overview,queue:closed:secret", "guest2:guest2");
        JsonElement topics = await events.TopicsOfAsync("snapshot");

        Assert.Equal(0, topics.GetProperty("overview").GetProperty("queues").GetInt32());
        Assert.Equal(JsonValueKind.Null, topics.GetProperty("overview").GetProperty("memory").ValueKind);
        Assert.True(topics.GetProperty("queue:closed:secret").GetProperty("gone").GetBoolean());
    }

    [Fact]
    public async Task Stream_WhenItsUserIsChanged_Ends()
    {
        _rig.AddUser("leaving", "management");
        using EventReader events = await EventReader.OpenAsync(_rig, "/api/ropeway/events", "leaving:leaving");
        await events.NextAsync();

        _rig.AddUser("leaving", "monitoring");
        _rig.Tick();

        (string name, _) = await events.NextAsync();
        Assert.Equal("end", name);
        Assert.Equal(string.Empty, (await events.NextAsync()).Name);
    }

    [Fact]
    public async Task Stream_OfAnotherUser_CannotBeChanged()
    {
        using EventReader events = await EventReader.OpenAsync(_rig, "/api/ropeway/events");
        (_, JsonElement snapshot) = await events.NextAsync();
        _rig.AddUser("other", "administrator");

        Assert.Equal(404, await _rig.StatusAsync("POST", $"/api/ropeway/events/{snapshot.GetProperty("stream").GetString()}", "{}", "other:other"));
    }

    [Theory]
    [InlineData("?topics=weather", "there is no topic 'weather'")]
    [InlineData("?topics=queue:%2F", "there is no topic 'queue:/'")]
    [InlineData("?topics=,", "a stream has 1 to 32 topics")]
    public async Task Stream_WithMalformedTopics_IsRefused(string query, string reason)
    {
        (int status, _, string text) = await _rig.RefusalAsync("GET", $"/api/ropeway/events{query}");

        Assert.Equal(400, status);
        Assert.StartsWith(reason, text, StringComparison.Ordinal);
    }

    private static LiveStream Open(LiveStreams streams, User user, string? resumed = null) => streams.Open(user, session: null, resumed, new Subscription([], []));

    private LiveStreams NewStreams(out User user)
    {
        Assert.True(_rig.Broker.Users.TryGet("guest", out User? guest));
        user = guest;
        return new LiveStreams(_rig.Broker);
    }

    private string Written(TopicWriter topics, Subscription wanted)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            topics.Write(writer, wanted, new Viewer(_rig.Broker, new User("guest", ["administrator"])));
        }

        return System.Text.Encoding.UTF8.GetString(bytes.ToArray());
    }
}
