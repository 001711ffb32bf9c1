using Xunit.Abstractions;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>What sessions cost in memory: figures of the whole process.</summary>
[Collection(AloneCollection.Name)]
public sealed class MemoryTests : IDisposable
{
    private readonly TestBroker _broker = new();
    private readonly ITestOutputHelper _output;

    public MemoryTests(ITestOutputHelper output)
    {
        _output = output;
    }

    public void Dispose() => _broker.Dispose();

    [Fact]
    public void IdleConnections_WithAChannel_CostLittle()
    {
        const int Few = 100;
        const int Many = 1100;
        var peers = new List<AmqpPeer>(Few + Many);
        long few = RetainedBytes(peers, Few); // The first ones pay for what all share.
        long bytes = (RetainedBytes(peers, Many) - few) / (Many - Few);
        GC.KeepAlive(peers);
        _output.WriteLine($"{bytes} bytes a connection");
        Assert.InRange(bytes, 1, 3_500); // With the test's end of it.
    }

    [Fact]
    public void Publish_ManyUnroutableLargeMessages_GivesTheirMemoryBack()
    {
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        byte[] frames = AmqpPeer.PublishFrames(1, "", "nobody", new byte[300_000], deliveryMode: 1);
        long before = Environment.WorkingSet;
        for (int i = 0; i < 2_000; i++)
        {
            peer.SendBytes(frames.AsSpan(0, 150_000));
            peer.SendBytes(frames.AsSpan(150_000));
        }

        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 300_000_000);
    }

    private long RetainedBytes(List<AmqpPeer> peers, int count)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < count; i++)
        {
            AmqpPeer peer = _broker.Login();
            peer.OpenChannel(1);
            peers.Add(peer);
        }

        return GC.GetTotalMemory(forceFullCollection: true) - before;
    }
}
