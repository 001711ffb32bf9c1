using BenchmarkDotNet.Attributes;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Benchmarks;

/// <summary>What the broker does with received publishes before it knows what to do with them: per message, of a 64 KiB read.</summary>
[MemoryDiagnoser]
public class AmqpReadBenchmarks
{
    private const int ReadBytes = 64 * 1024;
    private const int FrameBytesMax = 131_072;
    private const int MessageCount = 64; // A divisor of what fits for every body length here, so that the unit is a message.

    private byte[] _received = [];

    /// <summary>Bytes of each body.</summary>
    [Params(16, 128, 900)]
    public int BodyBytes { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var publish = new BasicPublish { RoutingKey = "orders"u8 };
        ContentLayout layout = ContentLayout.Of(publish, BasicProperties.None.Length, BodyBytes, FrameBytesMax);
        byte[] message = new byte[layout.TotalBytes];
        ContentFrames.Write(message, channel: 1, layout, publish, BasicProperties.None, new byte[BodyBytes]);
        if (message.Length * MessageCount > ReadBytes)
        {
            throw new InvalidOperationException("The messages do not fit into one read.");
        }

        _received = new byte[message.Length * MessageCount];
        for (int index = 0; index < MessageCount; index++)
        {
            message.CopyTo(_received, index * message.Length);
        }
    }

    [Benchmark(OperationsPerInvoke = MessageCount, Baseline = true)]
    public int WalkFrames()
    {
        int payloadBytes = 0;
        ReadOnlySpan<byte> unread = _received;
        while (FrameCodec.TryRead(unread, FrameBytesMax, out FrameHeader header) == FrameReadStatus.Complete)
        {
            payloadBytes += header.PayloadBytes;
            unread = unread[header.FrameBytes..];
        }

        return payloadBytes;
    }

    [Benchmark(OperationsPerInvoke = MessageCount)]
    public int ReadPublishes()
    {
        int seen = 0;
        ReadOnlySpan<byte> unread = _received;
        while (FrameCodec.TryRead(unread, FrameBytesMax, out FrameHeader header) == FrameReadStatus.Complete)
        {
            ReadOnlySpan<byte> payload = unread.Slice(FrameCodec.HeaderBytes, header.PayloadBytes);
            unread = unread[header.FrameBytes..];
            switch (header.Type)
            {
                case FrameType.Method when MethodFrame.TrySplit(payload, out MethodId id, out ReadOnlySpan<byte> arguments) && id == MethodId.BasicPublish:
                    seen += BasicPublish.TryRead(arguments, out BasicPublish publish) ? publish.RoutingKey.Length : 0;
                    break;
                case FrameType.Header:
                    seen += ContentHeader.TryRead(payload, out ContentHeader content) ? (int)content.BodyBytes : 0;
                    break;
                default:
                    seen += payload.Length;
                    break;
            }
        }

        return seen;
    }
}
