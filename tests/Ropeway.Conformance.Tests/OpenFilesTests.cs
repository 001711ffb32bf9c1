using System.Net.Sockets;
using RabbitMQ.Client;
using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>A broker that may open few files, and more clients than that.</summary>
public sealed class OpenFilesTests
{
    [OwnBrokerFact]
    public async Task Broker_WithMoreClientsThanFiles_RefusesSomeAndServesTheOthers()
    {
        const int OpenFilesMax = 600;
        using var directory = new TemporaryDirectory();
        using BrokerProcess broker = BrokerProcess.Start(new BrokerLaunch { DataDirectory = directory.Path, OpenFilesMax = OpenFilesMax });
        var factory = new ConnectionFactory { HostName = broker.Endpoint.Host, Port = broker.Endpoint.Port };
        await using IConnection early = await factory.CreateConnectionAsync();
        await using IChannel channel = await early.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.QueueDeclareAsync("q", durable: true, exclusive: false, autoDelete: false);

        List<Socket> crowd = [];
        for (int i = 0; i < OpenFilesMax * 2; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            crowd.Add(socket);
            await socket.ConnectAsync(broker.Endpoint.Host, broker.Endpoint.Port);
        }

        await channel.BasicPublishAsync(string.Empty, "q", "still there"u8.ToArray());
        Socket last = crowd[^1];
        Assert.Equal(0, await last.ReceiveAsync(new byte[1], SocketFlags.None)); // Closed by the broker.
        crowd.ForEach(socket => socket.Dispose());
        Assert.Equal(1u, (await channel.QueueDeclarePassiveAsync("q")).MessageCount);
        broker.AwaitLog("Refused a connection");
        broker.AwaitLog("the process may open 600 files");
    }

    [OwnBrokerFact]
    public void Broker_WithTooFewFiles_DoesNotStart()
    {
        using var directory = new TemporaryDirectory();
        using BrokerProcess broker = BrokerProcess.Spawn(new BrokerLaunch { DataDirectory = directory.Path, OpenFilesMax = 300 });

        Assert.Equal(12, broker.WaitForExit());
        Assert.Contains("at least 512 are needed", broker.Log, StringComparison.Ordinal);
    }
}
