using System.Globalization;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>What queue arguments do, seen by RabbitMQ.Client; the same against RabbitMQ 3.10 and 4.</summary>
[Collection(BrokerCollection.Name)]
public sealed class QueueArgumentTests(BrokerFixture broker) : IAsyncLifetime
{
    private static readonly CreateChannelOptions WithConfirms = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null);

    private readonly string _name = "arguments-" + Guid.NewGuid().ToString("N");
    private IConnection _connection = null!;
    private IChannel _channel = null!;

    private string Dead => _name + "-dead";

    public async Task InitializeAsync()
    {
        var factory = new ConnectionFactory { Uri = broker.Endpoint.Url, AutomaticRecoveryEnabled = false };
        _connection = await factory.CreateConnectionAsync();
        _channel = await _connection.CreateChannelAsync(WithConfirms);
        await _channel.QueueDeclareAsync(Dead, durable: true, exclusive: false, autoDelete: false);
    }

    public async Task DisposeAsync()
    {
        await using (IChannel last = await _connection.CreateChannelAsync())
        {
            await last.QueueDeleteAsync(_name);
            await last.QueueDeleteAsync(Dead);
        }

        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    [Fact]
    public async Task DeadLetter_RejectedAndExpired_TellTheirHistory()
    {
        await DeclareAsync(new() { ["x-dead-letter-exchange"] = string.Empty, ["x-dead-letter-routing-key"] = Dead });
        await PublishAsync("rejected", new BasicProperties { Headers = new Dictionary<string, object?> { ["CC"] = new List<object> { _name + "-nowhere" } } });
        BasicGetResult rejected = await ExpectAsync(_name, autoAck: false);
        await _channel.BasicRejectAsync(rejected.DeliveryTag, requeue: false);
        Assert.Equal("rejected 1 queue key=copy", Describe(await ExpectAsync(Dead)));

        await PublishAsync("expired", new BasicProperties { Expiration = "50" });
        BasicGetResult expired = await ExpectAsync(Dead);

        Assert.Equal("expired 1 queue key original-expiration=50", Describe(expired));
        Assert.False(expired.BasicProperties.IsExpirationPresent());
        Assert.Equal("expired", Text(expired.BasicProperties.Headers!["x-first-death-reason"]));
        Assert.Equal(_name, Text(expired.BasicProperties.Headers["x-first-death-queue"]));
    }

    [Fact]
    public async Task RejectPublish_QueueIsFull_PublisherIsNacked()
    {
        await DeclareAsync(new() { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" });
        await PublishAsync("first");

        PublishException refused = await Assert.ThrowsAsync<PublishException>(() => PublishAsync("second"));

        Assert.False(refused.IsReturn);
        Assert.Equal("first", Encoding.UTF8.GetString((await ExpectAsync(_name)).Body.Span));
    }

    [Fact]
    public async Task Priorities_HigherComeFirst()
    {
        await DeclareAsync(new() { ["x-max-priority"] = 3 });
        foreach (byte priority in (byte[])[0, 2, 9, 2])
        {
            await PublishAsync(priority.ToString(CultureInfo.InvariantCulture), new BasicProperties { Priority = priority });
        }

        var bodies = new List<string>();
        for (int i = 0; i < 4; i++)
        {
            bodies.Add(Encoding.UTF8.GetString((await ExpectAsync(_name)).Body.Span));
        }

        Assert.Equal(["9", "2", "2", "0"], bodies);
    }

    [Fact]
    public async Task Declare_WrongArgument_IsRefusedWithItsText()
    {
        await using IChannel channel = await _connection.CreateChannelAsync();

        OperationInterruptedException refused = await Assert.ThrowsAsync<OperationInterruptedException>(() =>
            channel.QueueDeclareAsync(_name, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-expires"] = 0 }));

        Assert.Equal($"PRECONDITION_FAILED - invalid arg 'x-expires' for queue '{_name}' in vhost '/': {{value_zero,0}}", refused.ShutdownReason!.ReplyText);
    }

    private static string Text(object? value) => Encoding.UTF8.GetString((byte[])value!);

    /// <summary>The newest death: reason, count, queue, routing keys, expiration.</summary>
    private string Describe(BasicGetResult letter)
    {
        var death = (IDictionary<string, object?>)((IList<object?>)letter.BasicProperties.Headers!["x-death"]!)[0]!;
        string keys = string.Join('=', ((IList<object?>)death["routing-keys"]!).Select(key => Text(key) == _name ? "key" : "copy"));
        string queue = Text(death["queue"]) == _name ? "queue" : "another queue";
        string expiration = death.TryGetValue("original-expiration", out object? value) ? " original-expiration=" + Text(value) : string.Empty;
        return $"{Text(death["reason"])} {death["count"]} {queue} {keys}{expiration}";
    }

    private async Task DeclareAsync(Dictionary<string, object?> arguments) =>
        await _channel.QueueDeclareAsync(_name, durable: true, exclusive: false, autoDelete: false, arguments);

    private async Task PublishAsync(string body, BasicProperties? properties = null) =>
        await _channel.BasicPublishAsync(string.Empty, _name, mandatory: true, properties ?? new BasicProperties(), Encoding.UTF8.GetBytes(body));

    /// <summary>The next message, waited for.</summary>
    private async Task<BasicGetResult> ExpectAsync(string queue, bool autoAck = true)
    {
        using var deadline = new CancellationTokenSource(TestDeadline.Value);
        while (true)
        {
            if (await _channel.BasicGetAsync(queue, autoAck, deadline.Token) is { } result)
            {
                return result;
            }
        }
    }
}
