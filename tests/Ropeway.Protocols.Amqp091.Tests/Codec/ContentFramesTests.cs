using FsCheck.Fluent;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Codec;

[Trait("clause", "AMQP091-4.2.6.2")]
public class ContentFramesTests
{
    private static ReadOnlySpan<byte> Persistent => [0x10, 0x00, 0x02];

    [Fact]
    public void Write_BodyOverFrameMax_GivesGoldenFrames()
    {
        // Header and body frames of another implementation for ten bytes with frame-max 12 (section 4.2.6.2).
        const string Content = "02 0001 0000000F 003C 0000 000000000000000A 1000 02 CE 03 0001 00000004 30313233 CE"
            + " 03 0001 00000004 34353637 CE 03 0001 00000002 3839 CE";
        byte[] expected = [.. GoldenFrames.Of(MethodId.BasicDeliver), .. Hex.ToBytes(Content)];
        BasicDeliver deliver = Deliver();
        ContentLayout layout = ContentLayout.Of(deliver, Persistent.Length, 10, 12);
        byte[] written = new byte[layout.TotalBytes];

        int writtenBytes = ContentFrames.Write(written, 1, layout, deliver, Persistent, "0123456789"u8);

        Assert.Equal(expected.Length, writtenBytes);
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(written));
    }

    [Theory]
    [InlineData(0, 131072, 0)]
    [InlineData(1, 131072, 1)]
    [InlineData(131064, 131072, 1)]
    [InlineData(131065, 131072, 2)]
    [InlineData(131064 * 3, 131072, 3)]
    [InlineData(1_000_000, 0, 1)] // 0 is no limit
    public void Of_BodyAroundFrameMax_CountsBodyFrames(int bodyBytes, int frameBytesMax, int expectedCount)
    {
        ContentLayout layout = ContentLayout.Of(Deliver(), 2, bodyBytes, frameBytesMax);

        Assert.Equal(expectedCount, layout.BodyFrameCount);
        Assert.Equal(bodyBytes, Enumerable.Range(0, layout.BodyFrameCount).Sum(layout.GetSliceBytes));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(1)]
    [InlineData(-1)]
    public void Of_FrameMaxWithoutRoomForABody_IsRefused(int frameBytesMax)
        => Assert.ThrowsAny<ArgumentException>(() => ContentLayout.Of(Deliver(), 2, 10, frameBytesMax));

    [Fact]
    public void Of_LargestBody_DoesNotOverflow()
    {
        ContentLayout layout = ContentLayout.Of(Deliver(), 2, int.MaxValue, 131072);

        Assert.Equal(int.MaxValue, Enumerable.Range(0, layout.BodyFrameCount).Sum(i => (long)layout.GetSliceBytes(i)));
        Assert.Equal(layout.EnvelopeBytes + (long)int.MaxValue, layout.TotalBytes);
    }

    [Fact]
    public void Write_AnyBodyAndFrameMax_IsReadBack()
        => Seeded.Check(Prop.ForAll<byte[], byte>((body, extra) =>
        {
            BasicDeliver deliver = Deliver();
            ContentLayout layout = ContentLayout.Of(deliver, Persistent.Length, body.Length, FrameCodec.OverheadBytes + 1 + (extra % 20));
            byte[] written = new byte[layout.TotalBytes];
            int writtenBytes = ContentFrames.Write(written, 9, layout, deliver, Persistent, body);
            return writtenBytes == written.Length && ReadBack(written, layout.SliceBytesMax).SequenceEqual(body);
        }));

    [Fact]
    public void WriteEnvelope_WithBodySlicesBetween_GivesTheSameBytesAsWrite()
        => Seeded.Check(Prop.ForAll<byte[], byte>((body, extra) =>
        {
            BasicDeliver deliver = Deliver();
            ContentLayout layout = ContentLayout.Of(deliver, Persistent.Length, body.Length, FrameCodec.OverheadBytes + 1 + (extra % 20));
            byte[] whole = new byte[layout.TotalBytes];
            ContentFrames.Write(whole, 9, layout, deliver, Persistent, body);
            byte[] envelope = new byte[layout.EnvelopeBytes];
            int envelopeBytes = ContentFrames.WriteEnvelope(envelope, 9, layout, deliver, Persistent);
            return envelopeBytes == envelope.Length && Interleave(envelope, body, layout).SequenceEqual(whole);
        }));

    [Fact]
    public void Write_OtherContentMethods_UseTheirOwnMethodFrame()
    {
        var returned = new BasicReturn { ReplyCode = ReplyCode.NoRoute, ReplyText = "NO_ROUTE"u8, Exchange = "x"u8, RoutingKey = "k"u8 };
        ContentLayout layout = ContentLayout.Of(returned, Persistent.Length, 0, 4096);
        byte[] written = new byte[layout.TotalBytes];

        ContentFrames.Write(written, 1, layout, returned, Persistent, default);

        Assert.Equal(GoldenFrames.Of(MethodId.BasicReturn), written[..^(FrameCodec.OverheadBytes + ContentHeader.FixedBytes + 3)]);
    }

    private static BasicDeliver Deliver()
        => new() { ConsumerTag = "c"u8, DeliveryTag = 258, Redelivered = true, Exchange = "x"u8, RoutingKey = "k"u8 };

    private static List<byte> Interleave(byte[] envelope, byte[] body, ContentLayout layout)
    {
        var sent = new List<byte>(envelope[..layout.HeadBytes]);
        int position = layout.HeadBytes;
        for (int i = 0; i < layout.BodyFrameCount; i++)
        {
            sent.AddRange(body.AsSpan(i * layout.SliceBytesMax, layout.GetSliceBytes(i)));
            int after = i < layout.BodyFrameCount - 1 ? ContentLayout.SeamBytes : 1;
            sent.AddRange(envelope.AsSpan(position, after));
            position += after;
        }

        Assert.Equal(envelope.Length, position);
        return sent;
    }

    private static List<byte> ReadBack(ReadOnlySpan<byte> unread, int sliceBytesMax)
    {
        var body = new List<byte>();
        var types = new List<byte>();
        while (!unread.IsEmpty)
        {
            Assert.Equal(FrameReadStatus.Complete, FrameCodec.TryRead(unread, 4096, out FrameHeader header));
            Assert.Equal(9, header.Channel);
            types.Add(header.Type);
            if (header.Type == FrameType.Body)
            {
                Assert.InRange(header.PayloadBytes, 1, sliceBytesMax);
                body.AddRange(unread.Slice(FrameCodec.HeaderBytes, header.PayloadBytes));
            }

            unread = unread[header.FrameBytes..];
        }

        Assert.Equal([FrameType.Method, FrameType.Header], types[..2]);
        Assert.All(types[2..], type => Assert.Equal(FrameType.Body, type));
        return body;
    }
}
