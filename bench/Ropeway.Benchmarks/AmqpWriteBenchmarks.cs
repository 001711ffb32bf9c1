using BenchmarkDotNet.Attributes;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Benchmarks;

/// <summary>What the broker writes for one delivery, one confirm, one acknowledgement.</summary>
[MemoryDiagnoser]
public class AmqpWriteBenchmarks
{
    private const int FrameBytesMax = 131_072;

    private readonly byte[] _outbox = new byte[64 * 1024];
    private byte[] _body = [];

    /// <summary>Bytes of the body.</summary>
    [Params(16, 128, 1024)]
    public int BodyBytes { get; set; }

    [GlobalSetup]
    public void Prepare() => _body = new byte[BodyBytes];

    [Benchmark]
    public int WriteDelivery()
    {
        var deliver = new BasicDeliver { ConsumerTag = "consumer"u8, DeliveryTag = 12_345, RoutingKey = "orders"u8 };
        ContentLayout layout = ContentLayout.Of(deliver, BasicProperties.None.Length, _body.Length, FrameBytesMax);
        return ContentFrames.Write(_outbox, channel: 1, layout, deliver, BasicProperties.None, _body);
    }

    [Benchmark]
    public int WriteAck() => new BasicAck { DeliveryTag = 12_345, Multiple = true }.Write(_outbox, channel: 1);
}
