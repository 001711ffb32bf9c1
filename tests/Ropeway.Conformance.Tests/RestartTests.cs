using System.Diagnostics;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Ropeway.TestKit;
using Ropeway.TestKit.Wire;

namespace Ropeway.Conformance.Tests;

/// <summary>A client and its broker over stops and restarts.</summary>
public sealed class RestartTests
{
    [OwnBrokerFact]
    public async Task Client_BrokerKilledAndRestarted_RecoversItsConsumer()
    {
        using var directory = new TemporaryDirectory();
        using BrokerProcess first = BrokerProcess.Start(new BrokerLaunch { DataDirectory = directory.Path });
        await using IConnection connection = await Recovering(first.Endpoint).CreateConnectionAsync();
        var recovered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.RecoverySucceededAsync += (_, _) =>
        {
            recovered.TrySetResult();
            return Task.CompletedTask;
        };
        await using IChannel channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("orders", durable: true, exclusive: false, autoDelete: false);
        await channel.QueueDeclareAsync("mine", durable: false, exclusive: true, autoDelete: false);
        await channel.QueueBindAsync("mine", "amq.direct", "mine");
        var received = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            received.TrySetResult(Encoding.UTF8.GetString(delivery.Body.Span));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync("mine", autoAck: true, consumer);

        first.Kill();
        using BrokerProcess second = BrokerProcess.Start(first.Launch);
        await recovered.Task.WaitAsync(TestDeadline.Value, TimeProvider.System);
        await channel.BasicPublishAsync("amq.direct", "mine", Encoding.UTF8.GetBytes("after the restart"));

        Assert.Equal("after the restart", await received.Task.WaitAsync(TestDeadline.Value, TimeProvider.System));
        Assert.Equal("orders", (await channel.QueueDeclarePassiveAsync("orders")).QueueName);
        await connection.CloseAsync();
        Assert.Equal(0, second.Stop());
    }

    [OwnBrokerFact]
    public async Task Broker_StoppedAndRestarted_KeepsWhatIsDurable()
    {
        using var directory = new TemporaryDirectory();
        using BrokerProcess first = BrokerProcess.Start(new BrokerLaunch { DataDirectory = directory.Path });
        await using (IConnection connection = await Recovering(first.Endpoint).CreateConnectionAsync())
        await using (IChannel channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)))
        {
            await channel.ExchangeDeclareAsync("events", "topic", durable: true, autoDelete: false);
            await channel.ExchangeDeclareAsync("fleeting", "topic", durable: false, autoDelete: false);
            await channel.QueueDeclareAsync("kept", durable: true, exclusive: false, autoDelete: false);
            await channel.QueueDeclareAsync("dropped", durable: false, exclusive: false, autoDelete: false);
            await channel.QueueBindAsync("kept", "events", "order.#");
            await channel.BasicPublishAsync("events", "order.1", mandatory: true, new BasicProperties { Persistent = true }, Encoding.UTF8.GetBytes("persistent"));
            await channel.BasicPublishAsync("events", "order.2", mandatory: true, new BasicProperties(), Encoding.UTF8.GetBytes("transient"));
            await channel.BasicPublishAsync("events", "order.3", mandatory: true, new BasicProperties { Persistent = true }, Encoding.UTF8.GetBytes("persistent too"));
            await connection.CloseAsync();
        }

        Assert.Equal(0, first.Stop());
        using BrokerProcess second = BrokerProcess.Start(first.Launch);
        await using IConnection again = await Recovering(second.Endpoint).CreateConnectionAsync();
        await using IChannel reader = await again.CreateChannelAsync();

        Assert.Equal(2u, (await reader.QueueDeclarePassiveAsync("kept")).MessageCount);
        foreach (string expected in (string[])["persistent", "persistent too"])
        {
            BasicGetResult? result = await reader.BasicGetAsync("kept", autoAck: true);
            Assert.NotNull(result);
            Assert.Equal(expected, Encoding.UTF8.GetString(result.Body.Span));
            Assert.False(result.Redelivered); // Nobody had ever consumed from the queue.
        }

        await reader.ExchangeDeclarePassiveAsync("events");
        Assert.Equal(404, await CloseCodeAsync(again, channel => channel.ExchangeDeclarePassiveAsync("fleeting")));
        Assert.Equal(404, await CloseCodeAsync(again, channel => channel.QueueDeclarePassiveAsync("dropped")));
        await again.CloseAsync();
        Assert.Equal(0, second.Stop());
    }

    [OwnBrokerFact]
    public async Task Broker_AskedToStop_TellsItsClients()
    {
        using var directory = new TemporaryDirectory();
        using BrokerProcess broker = BrokerProcess.Start(new BrokerLaunch { DataDirectory = directory.Path });
        var factory = new ConnectionFactory { Uri = broker.Endpoint.Url, AutomaticRecoveryEnabled = false };
        await using IConnection connection = await factory.CreateConnectionAsync();
        var reason = new TaskCompletionSource<ShutdownEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionShutdownAsync += (_, shutdown) =>
        {
            reason.TrySetResult(shutdown);
            return Task.CompletedTask;
        };

        int exitCode = broker.Stop();

        ShutdownEventArgs given = await reason.Task.WaitAsync(TestDeadline.Value, TimeProvider.System);
        Assert.Equal(320, given.ReplyCode); // CONNECTION_FORCED
        Assert.Equal(0, exitCode);
    }

    [OwnBrokerTheory]
    [InlineData("")]
    [InlineData("AMQP")]
    [InlineData("AMQP\0\0\u0009\u0001")]
    public void Handshake_ThatDoesNotGoOn_IsEndedAfterTheTimeout(string sent)
    {
        using var directory = new TemporaryDirectory();
        using BrokerProcess broker = BrokerProcess.Start(new BrokerLaunch { DataDirectory = directory.Path, ExtraArguments = ["--handshake-timeout", "3"] });
        using WireConnection bystander = WireConnection.Open(broker.Endpoint);
        long started = Stopwatch.GetTimestamp();
        using WireSocket slow = WireSocket.Connect(broker.Endpoint);
        slow.Send(Encoding.Latin1.GetBytes(sent));

        ReceiveStatus status;
        while ((status = slow.Receive(TestDeadline.Milliseconds)) == ReceiveStatus.Received)
        {
            // Until the broker closes it.
        }

        Assert.Equal(ReceiveStatus.Closed, status);
        RealTime.AssertNotBefore("The end", started, Stopwatch.GetTimestamp(), 3_000);
        bystander.OpenChannel(1);
        Assert.Equal(0, broker.Stop());
    }

    private static ConnectionFactory Recovering(BrokerEndpoint endpoint) => new()
    {
        Uri = endpoint.Url,
        AutomaticRecoveryEnabled = true,
        TopologyRecoveryEnabled = true,
        NetworkRecoveryInterval = TimeSpan.FromMilliseconds(200),
    };

    private static async Task<int> CloseCodeAsync(IConnection connection, Func<IChannel, Task> act)
    {
        await using IChannel channel = await connection.CreateChannelAsync();
        var failure = await Assert.ThrowsAsync<RabbitMQ.Client.Exceptions.OperationInterruptedException>(() => act(channel));
        return failure.ShutdownReason!.ReplyCode;
    }
}
