using System.Diagnostics;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>A connection with one channel that publishes with confirms, or in a transaction, and notes when deliveries come.</summary>
internal sealed class TimerClient : IAsyncDisposable
{
    private readonly IConnection _connection;

    private TimerClient(IConnection connection, IChannel channel)
    {
        _connection = connection;
        Channel = channel;
    }

    public IChannel Channel { get; }

    public static async Task<TimerClient> OpenAsync(BrokerEndpoint endpoint, bool isTransactional = false)
    {
        IConnection connection = await new ConnectionFactory { Uri = endpoint.Url, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
        IChannel channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: !isTransactional,
            publisherConfirmationTrackingEnabled: !isTransactional,
            outstandingPublisherConfirmationsRateLimiter: null));
        if (isTransactional)
        {
            await channel.TxSelectAsync();
        }

        return new TimerClient(connection, channel);
    }

    public Task DeclareAsync(string queue, Dictionary<string, object?>? arguments = null) =>
        Channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments ?? []);

    /// <summary>Publishes to the default exchange, or another.</summary>
    /// <returns>A timestamp from before the broker can have seen the message.</returns>
    public async Task<long> PublishAsync(string key, string body, BasicProperties? properties = null, string exchange = "")
    {
        long before = Stopwatch.GetTimestamp();
        await Channel.BasicPublishAsync(exchange, key, mandatory: false, properties ?? new BasicProperties(), Encoding.UTF8.GetBytes(body));
        return before;
    }

    /// <summary>Consumes; what comes is in the inbox.</summary>
    public async Task<Inbox<Arrival>> ConsumeAsync(string queue, bool autoAck = true, int priority = 0)
    {
        var inbox = new Inbox<Arrival>();
        var consumer = new AsyncEventingBasicConsumer(Channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            long now = Stopwatch.GetTimestamp();
            object? death = null;
            delivery.BasicProperties.Headers?.TryGetValue("x-first-death-reason", out death);
            inbox.Put(new Arrival(Encoding.UTF8.GetString(delivery.Body.Span), now, delivery.DeliveryTag, delivery.Redelivered, death is byte[] reason ? Encoding.UTF8.GetString(reason) : null));
            return Task.CompletedTask;
        };
        await Channel.BasicConsumeAsync(queue, autoAck, string.Empty, new Dictionary<string, object?> { ["x-priority"] = priority }, consumer);
        return inbox;
    }

    public async ValueTask DisposeAsync()
    {
        await Channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    /// <summary>A delivery.</summary>
    /// <param name="Body">Its body.</param>
    /// <param name="Timestamp">When it came.</param>
    /// <param name="Tag">Its delivery tag.</param>
    /// <param name="IsRedelivered">The broker says that it may have been delivered before.</param>
    /// <param name="Death">Why it was dead-lettered first; null when it was not.</param>
    public sealed record Arrival(string Body, long Timestamp, ulong Tag, bool IsRedelivered, string? Death)
    {
        /// <summary>It must not have come before a delay had passed.</summary>
        public void AssertNotBefore(long start, int delayMs) => RealTime.AssertNotBefore(Body, start, Timestamp, delayMs);
    }
}
