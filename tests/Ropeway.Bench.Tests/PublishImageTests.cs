using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Server.Bench;
using Ropeway.Tests;

namespace Ropeway.Bench.Tests;

public class PublishImageTests
{
    private const int FrameBytesMax = 4096;

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(128)]
    [InlineData(4088)]  // Fills one frame.
    [InlineData(4089)]  // One byte in a second frame: the checksum lies across both.
    [InlineData(4091)]
    [InlineData(20_000)]
    public void Slots_Stamped_AreMessagesThatVerify(int bodyBytes)
    {
        AmqpBenchOptions options = Options(bodyBytes) with { IsPersistent = true };
        var image = new PublishImage(options, ["q", "q", "q"], FrameBytesMax);

        for (int slot = 0; slot < 3; slot++)
        {
            image.Stamp(slot, ticks: 1000 + slot, producer: 5, sequence: 70 + slot);
        }

        List<byte[]> bodies = Bodies(image.Slots(0, 3).ToArray(), isPersistent: true);
        Assert.Equal(3, bodies.Count);
        for (int slot = 0; slot < 3; slot++)
        {
            Assert.Equal(bodyBytes, bodies[slot].Length);
            Assert.True(BodyStamp.IsIntact(bodies[slot]));
            if (bodyBytes >= BodyStamp.SequenceBytes)
            {
                Assert.Equal((5, 70L + slot), BodyStamp.ReadNumber(bodies[slot]));
                Assert.Equal(1000 + slot, BodyStamp.ReadTicks(bodies[slot]));
            }
        }
    }

    [Fact]
    public void Stamp_OneSlotAgain_LeavesTheOthersAlone()
    {
        var image = new PublishImage(Options(64), ["q", "q", "q"], FrameBytesMax);
        for (int slot = 0; slot < 3; slot++)
        {
            image.Stamp(slot, ticks: slot, producer: 0, sequence: slot);
        }

        image.Stamp(1, ticks: 9, producer: 0, sequence: 99);

        List<byte[]> bodies = Bodies(image.Slots(0, 3).ToArray(), isPersistent: false);
        Assert.Equal([0L, 99L, 2L], bodies.Select(body => BodyStamp.ReadNumber(body).Sequence));
        Assert.Single(Bodies(image.Slots(1, 1).ToArray(), isPersistent: false));
    }

    [Fact]
    public void Stamp_InSteadyState_AllocatesNothing()
    {
        var image = new PublishImage(Options(128), ["q", "q"], FrameBytesMax);
        image.Stamp(0, 1, 1, 1);
        int message = 0;

        Assert.Equal(0, Allocations.Least(() =>
        {
            image.Stamp(message & 1, message, 1, message);
            message++;
        }));
    }

    private static AmqpBenchOptions Options(int bodyBytes) =>
        new() { Target = new AmqpTarget("", 0, "", "", ""), BodyBytes = bodyBytes, Verify = true };

    private static List<byte[]> Bodies(byte[] wire, bool isPersistent)
    {
        List<byte[]> bodies = [];
        ReadOnlySpan<byte> unread = wire;
        byte[] body = [];
        long bodyBytes = 0;
        while (!unread.IsEmpty)
        {
            Assert.Equal(FrameReadStatus.Complete, FrameCodec.TryRead(unread, FrameBytesMax - FrameCodec.OverheadBytes, out FrameHeader header));
            ReadOnlySpan<byte> payload = unread.Slice(FrameCodec.HeaderBytes, header.PayloadBytes);
            unread = unread[header.FrameBytes..];
            switch (header.Type)
            {
                case FrameType.Method:
                    Assert.True(MethodFrame.TrySplit(payload, out MethodId id, out ReadOnlySpan<byte> arguments));
                    Assert.Equal(MethodId.BasicPublish, id);
                    Assert.True(BasicPublish.TryRead(arguments, out BasicPublish publish));
                    Assert.True(publish.RoutingKey.SequenceEqual("q"u8));
                    continue;
                case FrameType.Header:
                    Assert.True(ContentHeader.TryRead(payload, out ContentHeader content));
                    Assert.True(BasicProperties.TryRead(content.Properties, out BasicProperties properties));
                    Assert.Equal(isPersistent, properties.IsPersistent);
                    bodyBytes = (long)content.BodyBytes;
                    body = [];
                    break;
                default:
                    body = [.. body, .. payload];
                    break;
            }

            if (body.Length == bodyBytes)
            {
                bodies.Add(body);
            }
        }

        return bodies;
    }
}
