using FsCheck.Fluent;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Codec;

[Trait("clause", "AMQP091-4.2.3")]
[Trait("clause", "AMQP091-4.2.3-max")]
[Trait("clause", "AMQP091-4.2.7")]
public class FrameCodecTests
{
    [Theory]
    [InlineData("08 0000 00000000 CE", FrameReadStatus.Complete)]         // 4.2.7 heartbeat
    [InlineData("08 0000 00000000 CD", FrameReadStatus.Malformed)]        // 4.2.3 wrong end octet
    [InlineData("03 0001 00000004 61626364 CE", FrameReadStatus.Complete)] // 2.3.5.2 body frame, payload at the limit
    [InlineData("03 0001 00000004 61626364", FrameReadStatus.Incomplete)] // end octet not there yet
    [InlineData("03 0001 00000005", FrameReadStatus.Malformed)]           // over the limit, payload not yet sent
    [InlineData("03 0001 FFFFFFFF", FrameReadStatus.Malformed)]           // a length that is negative as a signed number
    [InlineData("03 0001 7FFFFFFF", FrameReadStatus.Malformed)]
    [InlineData("", FrameReadStatus.Incomplete)]
    [InlineData("08 0000 000000", FrameReadStatus.Incomplete)]
    public void TryRead_GoldenBytes_GivesStatus(string hex, FrameReadStatus expected)
        => Assert.Equal(expected, FrameCodec.TryRead(Hex.ToBytes(hex), payloadBytesMax: 4, out _));

    [Fact]
    public void TryRead_LengthNearIntMaxWithoutLimit_WaitsForMore()
        => Assert.Equal(FrameReadStatus.Incomplete, FrameCodec.TryRead(Hex.ToBytes("03 0001 7FFFFFFF 00"), int.MaxValue, out _));

    [Fact]
    public void TryRead_WholeFrame_GivesTypeChannelAndLengths()
    {
        byte[] unread = Hex.ToBytes("03 FFFE 00000002 6162 CE 08 00"); // Followed by the start of another.

        Assert.Equal(FrameReadStatus.Complete, FrameCodec.TryRead(unread, 100, out FrameHeader header));

        Assert.Equal(new FrameHeader(FrameType.Body, 0xFFFE, 2), header);
        Assert.Equal(10, header.FrameBytes);
    }

    [Fact]
    public void Heartbeat_IsAWholeFrame()
    {
        Assert.Equal(FrameReadStatus.Complete, FrameCodec.TryRead(FrameCodec.Heartbeat, 0, out FrameHeader header));
        Assert.Equal(new FrameHeader(FrameType.Heartbeat, 0, 0), header);
    }

    [Fact]
    public void TryRead_AnyFrame_IsReadBackAndNoPrefixIsComplete()
        => Seeded.Check(Prop.ForAll<byte, ushort, byte[]>((type, channel, payload) =>
        {
            byte[] frame = new byte[payload.Length + FrameCodec.OverheadBytes];
            var writer = new FrameWriter(frame);
            writer.BeginFrame(type, channel);
            writer.WriteRaw(payload);
            writer.EndFrame();
            bool whole = FrameCodec.TryRead(frame, payload.Length, out FrameHeader header) == FrameReadStatus.Complete
                && header == new FrameHeader(type, channel, payload.Length);
            for (int count = 0; count < frame.Length; count++)
            {
                whole &= FrameCodec.TryRead(frame.AsSpan(0, count), payload.Length, out _) == FrameReadStatus.Incomplete;
            }

            return whole;
        }));
}
