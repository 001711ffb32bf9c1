using Ropeway.TestKit;
using Ropeway.TestKit.Wire;

namespace Ropeway.Conformance.Tests;

/// <summary>How consumers share a queue.</summary>
[Collection(BrokerCollection.Name)]
public sealed class SharingTests(BrokerFixture broker)
{
    private const ushort Channel = 1;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Consumers_OfEqualSpeedWithPrefetchOne_GetEqualShares(int consumerCount)
    {
        int perConsumer = 4200 / consumerCount;
        string queue = "share-" + Guid.NewGuid().ToString("N");
        using WireConnection publisher = WireConnection.Open(broker.Endpoint);
        publisher.OpenChannel(Channel);
        publisher.DeclareQueue(Channel, queue);
        var consumers = new List<CountingConsumer>();
        for (int number = 0; number < consumerCount; number++)
        {
            consumers.Add(new CountingConsumer(broker.Endpoint, queue));
        }

        int total = (perConsumer + 1) * consumerCount; // More than is taken: who waits for his next message never waits for another's.
        for (int number = 0; number < total; number++)
        {
            publisher.Output.Publish(Channel, new WirePublish("", queue, IsTransient: true), "work"u8, publisher.FrameBytesMax);
        }

        publisher.Flush();
        for (int round = 0; round < perConsumer; round++)
        {
            consumers.ForEach(consumer => consumer.HandleOne()); // Equal speed: in each round everybody is given a message and handles it.
        }

        Assert.All(consumers, consumer => Assert.Equal(perConsumer, consumer.Count));
        consumers.ForEach(consumer => consumer.Dispose());
        publisher.DeleteQueue(Channel, queue);
    }
}
