using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>What a broker sends to a collector, with a real client.</summary>
public sealed class TelemetryTests : IDisposable
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Parent = $"00-{Trace}-00f067aa0ba902b7-01";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [OwnBrokerFact]
    public async Task Otlp_MetricsAndSpans_ArriveAtTheCollector()
    {
        await using var collector = new OtlpReceiver();
        using BrokerProcess broker = Start("--otlp-endpoint", collector.Url, "--tracing", "1");
        await PublishAndAcknowledgeAsync(broker);

        Assert.Equal(0, broker.Stop());

        Assert.True(collector.Has("/v1/metrics", "rabbitmq_queue_messages_published_total"), broker.Log);
        Assert.True(collector.Has("/v1/metrics", "ropeway"));
        foreach (string text in (string[])["publish", "wait traced", "deliver traced", "messaging.system", "messaging.destination.name", "messaging.operation.type", "order-1"])
        {
            Assert.True(collector.Has("/v1/traces", text), $"'{text}' was not sent.{broker.Log}");
        }

        Assert.True(collector.Has("/v1/traces", Convert.FromHexString(Trace)), "The spans are of another trace.");
    }

    [OwnBrokerFact]
    public void Otlp_NotAskedFor_IsNotLoaded()
    {
        using BrokerProcess broker = Start();

        string maps = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{broker.ProcessId}/maps"));

        Assert.Contains("Ropeway.Core.dll", maps, StringComparison.Ordinal);
        Assert.DoesNotContain("OpenTelemetry", maps, StringComparison.Ordinal);
    }

    [OwnBrokerFact]
    public async Task LifeLine_OfATracedMessage_TellsItsSteps()
    {
        using BrokerProcess broker = Start("--tracing", "1");
        await PublishAndAcknowledgeAsync(broker);

        JsonElement message = await AwaitSafeAsync(broker);

        Assert.Equal(Parent, message.GetProperty("traceparent").GetString());
        Assert.Contains("127.0.0.1", message.GetProperty("received").GetProperty("from").GetString(), StringComparison.Ordinal);
        JsonElement stay = Assert.Single(message.GetProperty("queues").EnumerateArray());
        Assert.Equal(("traced", 0), (stay.GetProperty("queue").GetString(), stay.GetProperty("sequence").GetInt32()));
        Assert.Equal(["delivered", "returned", "delivered", "settled"], WhatOf(stay));
    }

    [OwnBrokerFact]
    public async Task LifeLine_OfAMessageOfATransactionThatDies_TellsItsWholeWay()
    {
        using BrokerProcess broker = Start("--tracing", "1");
        await using IConnection connection = await new ConnectionFactory { Uri = broker.Endpoint.Url }.CreateConnectionAsync();
        await using IChannel channel = await connection.CreateChannelAsync();
        var arguments = new Dictionary<string, object?> { ["x-dead-letter-exchange"] = string.Empty, ["x-dead-letter-routing-key"] = "failed" };
        await channel.QueueDeclareAsync("failed", durable: true, exclusive: false, autoDelete: false);
        await channel.QueueDeclareAsync("orders", durable: true, exclusive: false, autoDelete: false, arguments);
        await channel.TxSelectAsync();
        foreach (string id in (string[])["undone", "order-1"])
        {
            await channel.BasicPublishAsync(string.Empty, "orders", mandatory: true, new BasicProperties { MessageId = id, Persistent = true }, "x"u8.ToArray());
            await (id == "undone" ? channel.TxRollbackAsync() : channel.TxCommitAsync());
        }

        var dead = new Inbox<string?>();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            dead.Put(delivery.BasicProperties.MessageId);
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync("failed", autoAck: true, consumer);
        BasicGetResult order = (await channel.BasicGetAsync("orders", autoAck: false))!;
        await channel.BasicNackAsync(order.DeliveryTag, multiple: false, requeue: false);
        await channel.TxCommitAsync();
        Assert.Equal("order-1", await dead.TakeAsync());

        using JsonDocument answer = JsonDocument.Parse(await GetAsync(broker, "/api/ropeway/messages/trace?vhost=%2F&id=order-1"));
        JsonElement[] stays = [.. Assert.Single(answer.RootElement.EnumerateArray()).GetProperty("queues").EnumerateArray()];
        Assert.Equal([("orders", 0), ("failed", 0)], stays.Select(stay => (stay.GetProperty("queue").GetString(), stay.GetProperty("sequence").GetInt32())));
        Assert.Equal(["delivered", "refused", "dead"], WhatOf(stays[0]).Take(3));
        Assert.Equal(["delivered", "settled"], WhatOf(stays[1]));
        Assert.Equal("orders", stays[1].GetProperty("from").GetProperty("queue").GetString());
        using HttpResponseMessage undone = await SendAsync(broker, "/api/ropeway/messages/trace?vhost=%2F&id=undone");
        Assert.Equal(HttpStatusCode.NotFound, undone.StatusCode);
    }

    private static IEnumerable<string?> WhatOf(JsonElement stay) => stay.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("what").GetString());

    private BrokerProcess Start(params string[] arguments) =>
        BrokerProcess.Start(new BrokerLaunch { DataDirectory = _directory.Path, ExtraArguments = ["--listen", "http://127.0.0.1:0", .. arguments] });

    /// <summary>A message with a trace is delivered, comes back once, and is acknowledged; its header is what the publisher wrote.</summary>
    private static async Task PublishAndAcknowledgeAsync(BrokerProcess broker)
    {
        await using IConnection connection = await new ConnectionFactory { Uri = broker.Endpoint.Url }.CreateConnectionAsync();
        await using IChannel channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null));
        await channel.QueueDeclareAsync("traced", durable: true, exclusive: false, autoDelete: false);
        var properties = new BasicProperties { MessageId = "order-1", Persistent = true, Headers = new Dictionary<string, object?> { ["traceparent"] = Parent } };
        await channel.BasicPublishAsync(string.Empty, "traced", mandatory: true, properties, "x"u8.ToArray());
        BasicGetResult first = (await channel.BasicGetAsync("traced", autoAck: false))!;
        await channel.BasicNackAsync(first.DeliveryTag, multiple: false, requeue: true);
        BasicGetResult second = (await channel.BasicGetAsync("traced", autoAck: false))!;
        await channel.BasicAckAsync(second.DeliveryTag, multiple: false);
        await channel.QueueDeclarePassiveAsync("traced"); // Its answer follows what the acknowledgement did.
        Assert.Equal(Parent, Encoding.ASCII.GetString((byte[])second.BasicProperties.Headers!["traceparent"]!));
    }

    /// <summary>The life line of the message once it says that the message is safe: it may be told so a moment after the publisher.</summary>
    private static async Task<JsonElement> AwaitSafeAsync(BrokerProcess broker)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            using JsonDocument answer = JsonDocument.Parse(await GetAsync(broker, "/api/ropeway/messages/trace?vhost=%2F&id=order-1"));
            JsonElement message = Assert.Single(answer.RootElement.EnumerateArray());
            if (message.GetProperty("safe").GetProperty("at").ValueKind == JsonValueKind.String)
            {
                return message.Clone();
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < TestDeadline.Value, "The message is never safe.");
        }
    }

    private static async Task<string> GetAsync(BrokerProcess broker, string path)
    {
        using HttpResponseMessage response = await SendAsync(broker, path);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }

    private static async Task<HttpResponseMessage> SendAsync(BrokerProcess broker, string path)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("guest:guest"u8));
        return await client.GetAsync(new Uri(broker.HttpUrl + path));
    }
}
