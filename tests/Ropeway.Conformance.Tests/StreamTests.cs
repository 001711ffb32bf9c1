using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>Streams with RabbitMQ.Client 7 for .NET.</summary>
[Collection(BrokerCollection.Name)]
public sealed class StreamTests(BrokerFixture broker) : IAsyncLifetime
{
    private readonly string _stream = "stream-" + Guid.NewGuid().ToString("N");
    private StreamClient _client = null!;

    public async Task InitializeAsync()
    {
        _client = await StreamClient.OpenAsync(broker.Endpoint, _stream);
        await _client.DeclareAsync();
    }

    public async Task DisposeAsync()
    {
        await _client.DeleteAsync();
        await _client.DisposeAsync();
    }

    [Fact]
    public async Task Consume_TwoReaders_BothGetEverythingWithItsOffset()
    {
        await _client.PublishAsync(Numbered(0, 500));
        await using StreamReader one = await _client.ReadAsync("first", prefetch: 10);
        await using StreamReader two = await _client.ReadAsync(100, prefetch: 100);
        await _client.PublishAsync(Numbered(500, 500));

        Assert.Equal(Numbered(0, 1_000).Select((body, offset) => ((long)offset, body)), await one.ExpectAsync(1_000));
        Assert.Equal(Numbered(100, 900).Select((body, i) => (i + 100L, body)), await two.ExpectAsync(900));
        Assert.Equal(1_000u, await _client.MessageCountAsync());
    }

    [Fact]
    public async Task Consume_FromEachKindOfOffset_BeginsThere()
    {
        await _client.PublishAsync(Numbered(0, 5));

        Assert.Equal("0", await FirstAsync("first"));
        Assert.Equal("0", await FirstAsync("1h"));
        Assert.Equal("0", await FirstAsync(new AmqpTimestamp(0)));
        Assert.Equal("3", await FirstAsync(3));
        Assert.Equal("4", await FirstAsync("last"));
        await using StreamReader next = await _client.ReadAsync("next");
        await using StreamReader unsaid = await _client.ReadAsync(start: null);
        await using StreamReader later = await _client.ReadAsync(new AmqpTimestamp(TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds()));
        await _client.PublishAsync("new");
        Assert.Equal([(5L, "new")], await next.ExpectAsync(1));
        Assert.Equal([(5L, "new")], await unsaid.ExpectAsync(1));
        Assert.Equal([(5L, "new")], await later.ExpectAsync(1));
    }

    [Fact]
    public async Task Consume_LargeBodiesAndOwnHeaders_ComeIntact()
    {
        string large = new('x', 2_000_000);
        await _client.PublishAsync(new BasicProperties { Headers = new Dictionary<string, object?> { ["mine"] = "kept" }, Persistent = false, ContentType = "text/plain" }, large);
        await using StreamReader reader = await _client.ReadAsync("first");

        Assert.Equal([(0L, large)], await reader.ExpectAsync(1));
        Assert.Equal("kept", Encoding.UTF8.GetString((byte[])reader.LastProperties!.Headers!["mine"]!));
        Assert.Equal("text/plain", reader.LastProperties.ContentType);
    }

    [Fact]
    public async Task Consume_WithFilter_GetsWhatMatches()
    {
        foreach (string? value in (string?[])["a", "b", null, "c"])
        {
            await _client.PublishAsync(new BasicProperties { Headers = value is null ? null : new Dictionary<string, object?> { ["x-stream-filter-value"] = value } }, value ?? "none");
        }

        await using StreamReader one = await _client.ReadAsync("first", arguments: new() { ["x-stream-filter"] = "b" });
        await using StreamReader several = await _client.ReadAsync("first", arguments: new() { ["x-stream-filter"] = new List<object> { "a", "c" }, ["x-stream-match-unfiltered"] = true });
        Assert.Equal([(1L, "b")], await one.ExpectAsync(1));
        Assert.Equal([(0L, "a"), (2L, "none"), (3L, "c")], await several.ExpectAsync(3));
    }

    [Fact]
    public async Task Consume_RejectedAndReturned_GivesCreditBack()
    {
        await _client.PublishAsync(Numbered(0, 6));
        await using StreamReader reader = await _client.ReadAsync("first", prefetch: 1, settles: StreamReader.InEveryWay);

        Assert.Equal(Numbered(0, 6), (await reader.ExpectAsync(6)).Select(delivery => delivery.Body));
        Assert.Equal(6u, await _client.MessageCountAsync());
    }

    [Fact]
    public async Task Delete_ReaderIsCancelled()
    {
        await using StreamReader reader = await _client.ReadAsync("first");
        await _client.DeleteAsync();
        await reader.Cancelled.WaitAsync(TestDeadline.Value, TimeProvider.System);
    }

    [Fact]
    public async Task Methods_ThatStreamsDoNotKnow_AreRefusedAsByRabbitMq()
    {
        string resource = $"queue '{_stream}' in vhost '/'";
        await AssertRefusedAsync(540, $"NOT_IMPLEMENTED - basic.get not supported by stream queues {resource}", channel => channel.BasicGetAsync(_stream, autoAck: true));
        await AssertRefusedAsync(540, $"NOT_IMPLEMENTED - queue.purge not supported by stream queues {resource}", channel => channel.QueuePurgeAsync(_stream));
        await AssertRefusedAsync(406, $"PRECONDITION_FAILED - consumer prefetch count is not set for stream {resource}", channel => ConsumeAsync(channel, autoAck: false));
        await AssertRefusedAsync(540, $"NOT_IMPLEMENTED - automatic acknowledgement not supported by stream {resource}", async channel =>
        {
            await channel.BasicQosAsync(0, 10, global: false);
            await ConsumeAsync(channel, autoAck: true);
        });
        await AssertRefusedAsync(540, $"NOT_IMPLEMENTED - {resource} does not support global qos", async channel =>
        {
            await channel.BasicQosAsync(0, 10, global: false);
            await channel.BasicQosAsync(0, 10, global: true);
            await ConsumeAsync(channel, autoAck: false);
        });
    }

    private static string[] Numbered(int start, int count) => [.. Enumerable.Range(start, count).Select(n => $"{n}")];

    private async Task<string> FirstAsync(object start)
    {
        await using StreamReader reader = await _client.ReadAsync(start);
        return (await reader.ExpectFirstAsync()).Body;
    }

    private Task<string> ConsumeAsync(IChannel channel, bool autoAck) =>
        channel.BasicConsumeAsync(_stream, autoAck, new RabbitMQ.Client.Events.AsyncEventingBasicConsumer(channel));

    private async Task AssertRefusedAsync(ushort code, string text, Func<IChannel, Task> act)
    {
        await using IConnection connection = await new ConnectionFactory { Uri = broker.Endpoint.Url, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
        await using IChannel channel = await connection.CreateChannelAsync();
        var failure = await Assert.ThrowsAnyAsync<OperationInterruptedException>(() => act(channel));
        Assert.Equal(code, failure.ShutdownReason!.ReplyCode);
        Assert.Equal(text, failure.ShutdownReason.ReplyText);
    }
}
