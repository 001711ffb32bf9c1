using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Codec;

public class FrameWriterTests
{
    [Fact]
    public void Write_TwoFrames_FillsInBothLengths()
    {
        byte[] bytes = new byte[64];
        var writer = new FrameWriter(bytes);

        writer.BeginFrame(FrameType.Body, 1);
        writer.WriteRaw("abc"u8);
        writer.EndFrame();
        writer.BeginFrame(FrameType.Heartbeat, 0);
        writer.EndFrame();

        Assert.Equal("03000100000003616263CE0800000000" + "0000CE", Convert.ToHexString(bytes.AsSpan(0, writer.WrittenBytes)));
    }

    [Fact]
    public void WriteShortString_256Bytes_IsRefused()
    {
        byte[] name = new byte[256];

        Assert.ThrowsAny<ArgumentException>(() => new QueuePurge { Queue = name }.Write(new byte[1024], 1));
        Assert.Equal(255 + 5 + MethodFrame.BareBytes - 1, new QueuePurge { Queue = name.AsSpan(1) }.Write(new byte[1024], 1));
    }

    [Fact]
    public void Write_DestinationOneByteShort_IsRefused()
        => Assert.ThrowsAny<ArgumentException>(() => new BasicAck { DeliveryTag = 1 }.Write(new byte[20], 1));

    [Fact]
    public void WriteBare_MethodWithoutArguments_IsAWholeFrame()
    {
        byte[] bytes = new byte[MethodFrame.BareBytes];

        Assert.Equal(bytes.Length, MethodFrame.WriteBare(bytes, 7, MethodId.TxCommitOk));

        Assert.Equal("01000700000004005A0015CE", Convert.ToHexString(bytes));
    }
}
