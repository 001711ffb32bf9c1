using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Ropeway.TestKit;
using Ropeway.TestKit.History;

namespace Ropeway.Conformance.Tests;

/// <summary>RabbitMQ.Client 7 for .NET.</summary>
[Collection(BrokerCollection.Name)]
public sealed class DotNetClientTests(BrokerFixture broker) : IAsyncLifetime
{
    private static readonly CreateChannelOptions WithConfirms = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null);

    private readonly string _queue = "dotnet-" + Guid.NewGuid().ToString("N");
    private IConnection _connection = null!;
    private IChannel _channel = null!;

    public async Task InitializeAsync()
    {
        _connection = await Factory(broker.Endpoint).CreateConnectionAsync();
        _channel = await _connection.CreateChannelAsync(WithConfirms);
        await _channel.QueueDeclareAsync(_queue, durable: true, exclusive: false, autoDelete: false);
    }

    public async Task DisposeAsync()
    {
        await using (IChannel last = await _connection.CreateChannelAsync())
        {
            await last.QueueDeleteAsync(_queue);
        }

        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    [Fact]
    public async Task Publish_TenThousandConfirmed_ArriveInOrderAndIntact()
    {
        const int Count = 10_000;
        using var all = new CountdownEvent(Count);
        var seen = new List<long>();
        int broken = 0;
        await using IChannel consumerChannel = await _connection.CreateChannelAsync();
        await consumerChannel.BasicQosAsync(0, 200, global: false);
        var consumer = new AsyncEventingBasicConsumer(consumerChannel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            broken += MessageBody.TryRead(delivery.Body.Span, out int _, out long sequence) && !delivery.Redelivered ? 0 : 1;
            seen.Add(sequence);
            if (seen.Count % 50 == 0)
            {
                await consumerChannel.BasicAckAsync(delivery.DeliveryTag, multiple: true);
            }

            all.Signal();
        };
        await consumerChannel.BasicConsumeAsync(_queue, autoAck: false, consumer);

        await PublishNumberedAsync(Count, sequence => 24 + (int)(sequence * 37 % 3000));

        Assert.True(all.Wait(TestDeadline.Value), $"Only {seen.Count} came.{broker.Log}");
        Assert.Equal(0, broken);
        Assert.Equal(Enumerable.Range(0, Count).Select(n => (long)n), seen);
        Assert.Equal(0u, await _channel.MessageCountAsync(_queue));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(131_064)]
    [InlineData(131_065)]
    [InlineData(1_048_576)]
    [InlineData(8_000_000)]
    public async Task Publish_BodyOfAnySize_ComesBackIntact(int bodyBytes)
    {
        byte[] body = RandomNumberGenerator.GetBytes(bodyBytes);

        await _channel.BasicPublishAsync("", _queue, mandatory: true, new BasicProperties { Persistent = true }, body);

        BasicGetResult? result = await _channel.BasicGetAsync(_queue, autoAck: true);
        Assert.NotNull(result);
        Assert.True(body.AsSpan().SequenceEqual(result.Body.Span));
    }

    [Fact]
    public async Task Publish_MandatoryWithoutQueue_FailsWithTheReturn()
    {
        PublishReturnException failure = await Assert.ThrowsAsync<PublishReturnException>(async () =>
            await _channel.BasicPublishAsync("", "nowhere-" + _queue, mandatory: true, "x"u8.ToArray()));

        Assert.True(failure.IsReturn);
        Assert.Equal(312, failure.ReplyCode);
        Assert.Equal("NO_ROUTE", failure.ReplyText);
    }

    [Fact]
    public async Task Properties_OfEveryKind_ComeBackAsTheyWere()
    {
        var properties = new BasicProperties
        {
            ContentType = "text/plain",
            DeliveryMode = DeliveryModes.Persistent,
            Timestamp = new AmqpTimestamp(1_700_000_000),
            Headers = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["double"] = 3.25,
                ["float"] = 0.5f,
                ["byte"] = (byte)200,
                ["sbyte"] = (sbyte)-3,
                ["short"] = (short)-300,
                ["ushort"] = (ushort)60000,
                ["uint"] = 4_000_000_000,
                ["long"] = long.MinValue,
                ["decimal"] = 12.34m,
                ["binary"] = new BinaryTableValue([1, 2, 255]),
                ["none"] = null,
                ["time"] = new AmqpTimestamp(1),
            },
        };

        await _channel.BasicPublishAsync("", _queue, mandatory: true, properties, "x"u8.ToArray());

        BasicGetResult? result = await _channel.BasicGetAsync(_queue, autoAck: true);
        Assert.NotNull(result);
        Assert.Equal("text/plain", result.BasicProperties.ContentType);
        Assert.Equal(1_700_000_000, result.BasicProperties.Timestamp.UnixTime);
        foreach ((string name, object? value) in properties.Headers)
        {
            object? given = result.BasicProperties.Headers![name];
            Assert.Equal(value is BinaryTableValue binary ? binary.Bytes : value, given is BinaryTableValue back ? back.Bytes : given);
        }
    }

    [Fact]
    public async Task Channels_EightPublishingAndConsumingAtOnce_LoseAndMixNothing()
    {
        const int Channels = 8;
        const int PerChannel = 500;
        var seen = new ConcurrentDictionary<(int Producer, long Sequence), int>();
        using var all = new CountdownEvent(Channels * PerChannel);
        var consumers = new List<IChannel>();
        for (int number = 0; number < Channels; number++)
        {
            IChannel channel = await _connection.CreateChannelAsync();
            consumers.Add(channel);
            await channel.BasicQosAsync(0, 20, global: false);
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += async (_, delivery) =>
            {
                if (MessageBody.TryRead(delivery.Body.Span, out int producer, out long sequence))
                {
                    seen.AddOrUpdate((producer, sequence), 1, (_, times) => times + 1);
                }

                await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
                all.Signal();
            };
            await channel.BasicConsumeAsync(_queue, autoAck: false, consumer);
        }

        await Task.WhenAll(Enumerable.Range(0, Channels).Select(producer => PublishFromOwnChannelAsync(producer, PerChannel)));

        Assert.True(all.Wait(TestDeadline.Value), $"{all.CurrentCount} are missing.{broker.Log}");
        Assert.Equal(Channels * PerChannel, seen.Count);
        Assert.All(seen.Values, times => Assert.Equal(1, times));
        foreach (IChannel channel in consumers)
        {
            await channel.CloseAsync();
            await channel.DisposeAsync();
        }
    }

    [Fact]
    public async Task Channel_ClosedByTheBroker_SaysWhyAndLeavesTheConnection()
    {
        await using IChannel channel = await _connection.CreateChannelAsync();

        OperationInterruptedException failure = await Assert.ThrowsAsync<OperationInterruptedException>(() => channel.QueueDeclarePassiveAsync("absent-" + _queue));

        Assert.Equal(404, failure.ShutdownReason!.ReplyCode);
        Assert.True(channel.IsClosed);
        Assert.True(_connection.IsOpen);
    }

    [Fact]
    public async Task Connection_ClosedByTheBroker_SaysWhyAndNobodyElseNotices()
    {
        await using IConnection faulty = await Factory(broker.Endpoint).CreateConnectionAsync();
        var reason = new TaskCompletionSource<ShutdownEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        faulty.ConnectionShutdownAsync += (_, shutdown) =>
        {
            reason.TrySetResult(shutdown);
            return Task.CompletedTask;
        };
        await using IChannel channel = await faulty.CreateChannelAsync();

        var consumer = new AsyncEventingBasicConsumer(channel);
        await channel.BasicConsumeAsync(_queue, autoAck: true, consumerTag: "twice", consumer);

        await Assert.ThrowsAnyAsync<Exception>(() => channel.BasicConsumeAsync(_queue, autoAck: true, consumerTag: "twice", consumer));

        ShutdownEventArgs shutdown = await reason.Task.WaitAsync(TestDeadline.Value, TimeProvider.System);
        Assert.Equal(530, shutdown.ReplyCode);
        Assert.Equal(ShutdownInitiator.Peer, shutdown.Initiator);
        Assert.True(_connection.IsOpen);
        Assert.True(_channel.IsOpen);
    }

    [Fact]
    public async Task Connection_ClosedByTheClient_ReturnsWhatItHeld()
    {
        await PublishNumberedAsync(3, _ => 24);
        IConnection leaving = await Factory(broker.Endpoint).CreateConnectionAsync();
        IChannel channel = await leaving.CreateChannelAsync();
        Assert.NotNull(await channel.BasicGetAsync(_queue, autoAck: false));
        Assert.NotNull(await channel.BasicGetAsync(_queue, autoAck: false));

        await leaving.CloseAsync();
        await leaving.DisposeAsync();

        var flags = new List<(long, bool)>();
        for (int number = 0; number < 3; number++)
        {
            BasicGetResult? result = await _channel.BasicGetAsync(_queue, autoAck: true);
            Assert.NotNull(result);
            MessageBody.TryRead(result.Body.Span, out _, out long sequence);
            flags.Add((sequence, result.Redelivered));
        }

        Assert.Equal([(0, true), (1, true), (2, false)], flags);
    }

    [Fact]
    public async Task Names_InUnicodeAndLong_Work()
    {
        string queue = "名前-ü-" + new string('x', 200);
        await _channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        await _channel.BasicPublishAsync("", queue, mandatory: true, Encoding.UTF8.GetBytes("Grüße"));

        BasicGetResult? result = await _channel.BasicGetAsync(queue, autoAck: true);

        Assert.NotNull(result);
        Assert.Equal(queue, result.RoutingKey);
        Assert.Equal("Grüße", Encoding.UTF8.GetString(result.Body.Span));
        await _channel.QueueDeleteAsync(queue);
    }

    private static ConnectionFactory Factory(BrokerEndpoint endpoint) => new() { Uri = endpoint.Url, AutomaticRecoveryEnabled = false };

    private async Task PublishNumberedAsync(int count, Func<long, int> bodyBytes)
    {
        var pending = new List<Task>();
        for (long sequence = 0; sequence < count; sequence++)
        {
            byte[] body = new byte[bodyBytes(sequence)];
            MessageBody.Write(body, producer: 1, sequence);
            pending.Add(_channel.BasicPublishAsync("", _queue, mandatory: true, new BasicProperties { Persistent = true }, body).AsTask());
            if (pending.Count == 500)
            {
                await Task.WhenAll(pending);
                pending.Clear();
            }
        }

        await Task.WhenAll(pending);
    }

    private async Task PublishFromOwnChannelAsync(int producer, int count)
    {
        await using IChannel channel = await _connection.CreateChannelAsync(WithConfirms);
        for (long sequence = 0; sequence < count; sequence++)
        {
            byte[] body = new byte[100];
            MessageBody.Write(body, producer, sequence);
            await channel.BasicPublishAsync("", _queue, mandatory: true, new BasicProperties { Persistent = sequence % 2 == 0 }, body);
        }
    }
}
