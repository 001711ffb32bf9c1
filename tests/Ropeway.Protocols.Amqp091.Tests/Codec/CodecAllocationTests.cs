using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Tests;

namespace Ropeway.Protocols.Amqp091.Tests.Codec;

/// <summary>The methods of the message path and their content allocate nothing.</summary>
public class CodecAllocationTests
{
    private static readonly byte[] Properties = new BasicPropertyValues
    {
        ContentType = "text/plain",
        Headers = new Messages.FieldTable { ["a"] = 1, ["b"] = "two" },
        DeliveryMode = 2,
        Expiration = "60000",
    }.ToArray();

    private readonly byte[] _buffer = new byte[4096];

    [Fact]
    public void PublishWithContent_WrittenAndRead_AllocatesNothing()
        => AssertAllocatesNothing(() =>
        {
            var publish = new BasicPublish { Exchange = "orders"u8, RoutingKey = "eu.new"u8, Mandatory = true };
            ContentLayout layout = ContentLayout.Of(publish, Properties.Length, 100, 131072);
            ContentFrames.Write(_buffer, 3, layout, publish, Properties, _buffer.AsSpan(2048, 100));
            return ReadPublish(_buffer.AsSpan(0, (int)layout.TotalBytes));
        });

    [Fact]
    public void Deliver_WrittenWholeOrAsEnvelope_AllocatesNothing()
        => AssertAllocatesNothing(() =>
        {
            var deliver = new BasicDeliver { ConsumerTag = "ctag1"u8, DeliveryTag = 77, Exchange = "orders"u8, RoutingKey = "eu.new"u8 };
            ContentLayout layout = ContentLayout.Of(deliver, Properties.Length, 1000, 512);
            int writtenBytes = ContentFrames.Write(_buffer, 3, layout, deliver, Properties, _buffer.AsSpan(3000, 1000));
            return writtenBytes > 1000 && ContentFrames.WriteEnvelope(_buffer, 3, layout, deliver, Properties) == layout.EnvelopeBytes;
        });

    [Theory]
    [InlineData(MethodId.BasicAck)]
    [InlineData(MethodId.BasicNack)]
    [InlineData(MethodId.BasicReject)]
    [InlineData(MethodId.BasicDeliver)]
    [InlineData(MethodId.BasicPublish)]
    [InlineData(MethodId.BasicGetOk)]
    public void HotMethod_ReadAndWritten_AllocatesNothing(MethodId id)
    {
        byte[] frame = GoldenFrames.Of(id);

        AssertAllocatesNothing(() =>
            FrameCodec.TryRead(frame, 4088, out FrameHeader header) == FrameReadStatus.Complete
            && MethodFrame.TrySplit(frame.AsSpan(FrameCodec.HeaderBytes, header.PayloadBytes), out MethodId read, out ReadOnlySpan<byte> arguments)
            && Rewrite(read, arguments, _buffer));
    }

    private static bool Rewrite(MethodId id, ReadOnlySpan<byte> arguments, Span<byte> destination) => id switch
    {
        MethodId.BasicAck => BasicAck.TryRead(arguments, out BasicAck ack) && ack.Write(destination, 1) > 0,
        MethodId.BasicNack => BasicNack.TryRead(arguments, out BasicNack nack) && nack.Write(destination, 1) > 0,
        MethodId.BasicReject => BasicReject.TryRead(arguments, out BasicReject reject) && reject.Write(destination, 1) > 0,
        MethodId.BasicDeliver => BasicDeliver.TryRead(arguments, out BasicDeliver deliver) && deliver.Write(destination, 1) > 0,
        MethodId.BasicPublish => BasicPublish.TryRead(arguments, out BasicPublish publish) && publish.Write(destination, 1) > 0,
        MethodId.BasicGetOk => BasicGetOk.TryRead(arguments, out BasicGetOk getOk) && getOk.Write(destination, 1) > 0,
        _ => false,
    };

    private static bool ReadPublish(ReadOnlySpan<byte> unread)
    {
        bool good = FrameCodec.TryRead(unread, 4088, out FrameHeader method) == FrameReadStatus.Complete;
        good &= MethodFrame.TrySplit(unread.Slice(FrameCodec.HeaderBytes, method.PayloadBytes), out _, out ReadOnlySpan<byte> arguments);
        good &= BasicPublish.TryRead(arguments, out BasicPublish publish) && publish.RoutingKey.Length == 6;
        unread = unread[method.FrameBytes..];
        good &= FrameCodec.TryRead(unread, 4088, out FrameHeader content) == FrameReadStatus.Complete;
        good &= ContentHeader.TryRead(unread.Slice(FrameCodec.HeaderBytes, content.PayloadBytes), out ContentHeader header);
        good &= BasicProperties.TryRead(header.Properties, out BasicProperties properties);
        good &= properties.IsPersistent && properties.Priority is null && properties.UserId.IsEmpty;
        return good & (properties.TryGetExpirationMs(out long? expirationMs) && expirationMs == 60_000);
    }

    private static void AssertAllocatesNothing(Func<bool> message)
    {
        bool good = true;
        for (int i = 0; i < 100; i++)
        {
            good &= message();
        }

        Assert.Equal(0, Allocations.Least(() => good &= message()));
        Assert.True(good);
    }
}
