using System.Text;
using RabbitMQ.Client;
using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>Declares, fills and reads one stream.</summary>
internal sealed class StreamClient : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly string _stream;

    private StreamClient(IConnection connection, IChannel channel, string stream)
    {
        _connection = connection;
        _channel = channel;
        _stream = stream;
    }

    public static async Task<StreamClient> OpenAsync(BrokerEndpoint endpoint, string stream)
    {
        IConnection connection = await new ConnectionFactory { Uri = endpoint.Url, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
        IChannel channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null));
        return new StreamClient(connection, channel, stream);
    }

    public Task DeclareAsync(Dictionary<string, object?>? arguments = null) => _channel.QueueDeclareAsync(
        _stream,
        durable: true,
        exclusive: false,
        autoDelete: false,
        new Dictionary<string, object?>(arguments ?? []) { ["x-queue-type"] = "stream" });

    /// <summary>Publishes messages; done when all are confirmed.</summary>
    public Task PublishAsync(params string[] bodies) => PublishAsync(new BasicProperties(), bodies);

    public async Task PublishAsync(BasicProperties properties, params string[] bodies)
    {
        var confirms = new List<Task>();
        foreach (string body in bodies)
        {
            confirms.Add(_channel.BasicPublishAsync(string.Empty, _stream, mandatory: true, properties, Encoding.UTF8.GetBytes(body)).AsTask());
        }

        await Task.WhenAll(confirms);
    }

    public async Task<StreamReader> ReadAsync(object? start, ushort prefetch = 100, Dictionary<string, object?>? arguments = null, Func<IChannel, ulong, ValueTask>? settles = null)
    {
        IChannel channel = await _connection.CreateChannelAsync();
        await channel.BasicQosAsync(0, prefetch, global: false);
        var reader = new StreamReader(channel, settles ?? ((own, tag) => own.BasicAckAsync(tag, multiple: false)));
        arguments = new Dictionary<string, object?>(arguments ?? []);
        if (start is not null)
        {
            arguments["x-stream-offset"] = start;
        }

        await channel.BasicConsumeAsync(_stream, autoAck: false, string.Empty, arguments, reader.Consumer);
        return reader;
    }

    public async Task<uint> MessageCountAsync() => (await _channel.QueueDeclarePassiveAsync(_stream)).MessageCount;

    public Task DeleteAsync() => _channel.QueueDeleteAsync(_stream);

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
