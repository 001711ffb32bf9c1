using RabbitMQ.Client;
using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>Brokers that are low on resources from their start.</summary>
public sealed class AlarmTests
{
    [OwnBrokerTheory]
    [InlineData("--memory-high-watermark", "0", "low on memory")]
    [InlineData("--disk-free-limit", "1000000TB", "low on disk")]
    public async Task Publisher_OnABrokerThatIsLow_IsToldWhyWhileConsumersGoOn(string option, string value, string reason)
    {
        using var directory = new TemporaryDirectory();
        using BrokerProcess broker = BrokerProcess.Start(new BrokerLaunch { DataDirectory = directory.Path, ExtraArguments = [option, value] });
        var factory = new ConnectionFactory { HostName = broker.Endpoint.Host, Port = broker.Endpoint.Port };
        await using IConnection publisher = await factory.CreateConnectionAsync();
        var blocked = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        publisher.ConnectionBlockedAsync += (_, told) =>
        {
            blocked.TrySetResult(told.Reason);
            return Task.CompletedTask;
        };
        await using IConnection consumer = await factory.CreateConnectionAsync();
        await using IChannel channel = await consumer.CreateChannelAsync();
        await channel.QueueDeclareAsync("q", durable: true, exclusive: false, autoDelete: false);
        await using IChannel publishing = await publisher.CreateChannelAsync();
        await publishing.BasicPublishAsync(string.Empty, "q", "the first still counts"u8.ToArray());

        Assert.Equal(reason, await blocked.Task.WaitAsync(TestDeadline.Value, TimeProvider.System));
        BasicGetResult? got = await channel.BasicGetAsync("q", autoAck: false);
        Assert.NotNull(got);
        await channel.BasicAckAsync(got.DeliveryTag, multiple: false);
        Assert.Equal(0u, (await channel.QueueDeclarePassiveAsync("q")).MessageCount);
        Assert.Contains("resource limit alarm set", broker.Log, StringComparison.Ordinal);
        await publisher.AbortAsync(TimeSpan.FromMilliseconds(100)); // A blocked connection gets no answer to its close.
    }
}
