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

        int total = perConsumer * consumerCount;
        for (int number = 0; number < total; number++)
        {
            publisher.Output.Publish(Channel, new WirePublish("", queue, IsTransient: true), "work"u8, publisher.FrameBytesMax);
        }

        publisher.Flush();
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        while (consumers.Sum(c => c.Count) < total && System.Diagnostics.Stopwatch.GetElapsedTime(started) < TestDeadline.Value)
        {
            foreach (CountingConsumer consumer in consumers) // Equal speed: in each round everybody handles what it has.
            {
                consumer.HandleOne();
            }
        }

        int[] shares = [.. consumers.Select(c => c.Count)];
        consumers.ForEach(c => c.Dispose());
        publisher.DeleteQueue(Channel, queue);
        Assert.Equal(total, shares.Sum());
        Assert.All(shares, share => Assert.InRange(share, perConsumer * 0.95, perConsumer * 1.05));
    }
}
