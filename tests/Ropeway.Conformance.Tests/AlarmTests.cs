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
        broker.AwaitLog("resource limit alarm set");
        await publisher.AbortAsync(TimeSpan.FromMilliseconds(100)); // A blocked connection gets no answer to its close.
    }

    [OwnBrokerFact]
    public async Task Publisher_InAHostAtItsLimit_IsToldWhyAndGoesOnWhenConsumersHaveMadeRoom()
    {
        const string Limits = """
            {"vhosts":[{"name":"/"},{"name":"full"}],
             "permissions":[{"user":"guest","vhost":"full","configure":".*","write":".*","read":".*"}],
             "parameters":[{"component":"vhost-limits","vhost":"full","name":"limits","value":{"max-ready-messages":3}}]}
            """;
        using var directory = new TemporaryDirectory();
        string definitions = Path.Combine(directory.Path, "limits.json");
        await File.WriteAllTextAsync(definitions, Limits);
        using BrokerProcess broker = BrokerProcess.Start(new BrokerLaunch
        {
            DataDirectory = Path.Combine(directory.Path, "data"),
            ExtraArguments = ["--definitions", definitions, "--default-user", "guest"], // Definitions take its place otherwise.
        });
        var factory = new ConnectionFactory { HostName = broker.Endpoint.Host, Port = broker.Endpoint.Port, VirtualHost = "full" };
        await using IConnection publisher = await factory.CreateConnectionAsync();
        var blocked = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var unblocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        publisher.ConnectionBlockedAsync += (_, told) =>
        {
            blocked.TrySetResult(told.Reason);
            return Task.CompletedTask;
        };
        publisher.ConnectionUnblockedAsync += (_, _) =>
        {
            unblocked.TrySetResult();
            return Task.CompletedTask;
        };
        await using IConnection consumer = await factory.CreateConnectionAsync();
        await using IChannel channel = await consumer.CreateChannelAsync();
        await channel.QueueDeclareAsync("q", durable: true, exclusive: false, autoDelete: false);
        await using IChannel publishing = await publisher.CreateChannelAsync();
        int sentCount = 0;
        while (!blocked.Task.IsCompleted)
        {
            await publishing.BasicPublishAsync(string.Empty, "q", "body"u8.ToArray());
            await channel.QueueDeclarePassiveAsync("q"); // Not faster than the broker.
            sentCount++;
        }

        Assert.Matches("^virtual host 'full' holds [0-9]+ ready messages, its limit is 3$", await blocked.Task);
        await using IConnection elsewhere = await new ConnectionFactory { HostName = broker.Endpoint.Host, Port = broker.Endpoint.Port }.CreateConnectionAsync();
        await using IChannel free = await elsewhere.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await free.BasicPublishAsync(string.Empty, "nobody", "confirmed, because this host has no limit"u8.ToArray());
        for (int i = 0; i < sentCount; i++)
        {
            BasicGetResult? got = await channel.BasicGetAsync("q", autoAck: true);
            if (got is null)
            {
                i--; // What was sent last may be under way.
            }
        }

        await unblocked.Task.WaitAsync(TestDeadline.Value, TimeProvider.System);
        await publishing.BasicPublishAsync(string.Empty, "q", "goes on"u8.ToArray());
        await publishing.CloseAsync();
        Assert.Equal(1u, (await channel.QueueDeclarePassiveAsync("q")).MessageCount);
    }
}
