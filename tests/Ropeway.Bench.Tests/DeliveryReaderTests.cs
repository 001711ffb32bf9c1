using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Server.Bench;
using Ropeway.Tests;

namespace Ropeway.Bench.Tests;

public class DeliveryReaderTests
{
    private const int FrameBytesMax = 4096;

    [Fact]
    public void Take_AnyCutOfTheStreamIntoReads_GivesTheSameDeliveries()
    {
        int[] bodyLengths = [0, 1, 16, 128, 4088, 4089, 10_000, 3];
        byte[] wire = [.. bodyLengths.SelectMany((length, index) => Deliver((ulong)index + 1, Body(index, length)))];
        List<(ulong Tag, byte[] Body)> expected = [.. bodyLengths.Select((length, index) => ((ulong)index + 1, Body(index, length)))];

        Prop.ForAll(
            ArbMap.Default.ArbFor<PositiveInt[]>(),
            cuts => Matches(expected, ReadIn(wire, cuts.Length == 0 ? [wire.Length] : [.. cuts.Select(cut => cut.Get)]))).QuickCheckThrowOnFailure();
        Assert.True(Matches(expected, ReadIn(wire, [1]))); // One byte at a time.
        Assert.True(Matches(expected, ReadIn(wire, [7])));
        Assert.True(Matches(expected, ReadIn(wire, [wire.Length])));
    }

    [Fact]
    public void Take_RedeliveredMark_IsPassedOn()
    {
        List<bool> marks = [];
        ReadAll([.. Deliver(1, [1], isRedelivered: true), .. Deliver(2, [1])], [int.MaxValue], (in Delivery delivery) => marks.Add(delivery.IsRedelivered));

        Assert.Equal([true, false], marks);
    }

    [Fact]
    public void TryTake_FrameOverFrameMax_IsAClearFault()
    {
        byte[] wire = new byte[FrameCodec.HeaderBytes];
        FrameCodec.WriteHeader(wire, new FrameHeader(FrameType.Body, 1, FrameBytesMax));

        BenchException fault = Assert.Throws<BenchException>(() => ReadIn(wire, [wire.Length]));
        Assert.Contains("frame-max", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryTake_AnotherProtocolsHeader_SaysSo()
    {
        byte[] wire = Encoding.ASCII.GetBytes("AMQP\0\0\u0009\u0001");

        BenchException fault = Assert.Throws<BenchException>(() => ReadIn(wire, [wire.Length]));
        Assert.Contains("another protocol header", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Take_BodyWithoutADelivery_IsAClearFault()
    {
        byte[] delivery = Deliver(1, [1, 2, 3]);
        byte[] bodyFrame = delivery[^(FrameCodec.OverheadBytes + 3)..];

        Assert.Throws<BenchException>(() => ReadIn(bodyFrame, [bodyFrame.Length]));
    }

    [Fact]
    public void TakeDeliveries_InSteadyState_AllocatesNothing()
    {
        byte[] wire = [.. Enumerable.Range(1, 100).SelectMany(tag => Deliver((ulong)tag, Body(tag, 128)))];
        var buffer = new FrameBuffer(FrameBytesMax);
        var reader = new DeliveryReader();
        long fed = 100;
        long seen = Feed(buffer, reader, wire);
        long least = Allocations.LeastOf(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                fed += 100;
                seen += Feed(buffer, reader, wire);
            }
        });

        Assert.Equal(0, least); // For 10,000 deliveries.
        Assert.Equal(fed, seen);
    }

    private delegate void Seen(in Delivery delivery);

    private static long Feed(FrameBuffer buffer, DeliveryReader reader, byte[] wire)
    {
        long count = 0;
        wire.CopyTo(buffer.GetFree());
        buffer.Advance(wire.Length);
        while (buffer.TryTake(out FrameHeader header, out ReadOnlySpan<byte> payload))
        {
            count += reader.Take(header, payload, out _) == DeliveryStep.Delivery ? 1 : 0;
        }

        return count;
    }

    private static List<(ulong Tag, byte[] Body)> ReadIn(byte[] wire, int[] reads)
    {
        List<(ulong, byte[])> deliveries = [];
        ReadAll(wire, reads, (in Delivery delivery) => deliveries.Add((delivery.Tag, delivery.Body.ToArray())));
        return deliveries;
    }

    private static void ReadAll(byte[] wire, int[] reads, Seen seen)
    {
        var buffer = new FrameBuffer(FrameBytesMax);
        var reader = new DeliveryReader();
        int position = 0;
        for (int read = 0; position < wire.Length; read++)
        {
            Span<byte> free = buffer.GetFree();
            int bytes = Math.Min(Math.Min(reads[read % reads.Length], wire.Length - position), free.Length);
            wire.AsSpan(position, bytes).CopyTo(free);
            buffer.Advance(bytes);
            position += bytes;
            while (buffer.TryTake(out FrameHeader header, out ReadOnlySpan<byte> payload))
            {
                if (reader.Take(header, payload, out Delivery delivery) == DeliveryStep.Delivery)
                {
                    seen(delivery);
                }
            }
        }
    }

    private static bool Matches(List<(ulong Tag, byte[] Body)> expected, List<(ulong Tag, byte[] Body)> actual) =>
        expected.Count == actual.Count
        && expected.Zip(actual).All(pair => pair.First.Tag == pair.Second.Tag && pair.First.Body.AsSpan().SequenceEqual(pair.Second.Body));

    private static byte[] Body(int seed, int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i + seed))];

    private static byte[] Deliver(ulong tag, byte[] body, bool isRedelivered = false)
    {
        var deliver = new BasicDeliver { ConsumerTag = "c"u8, DeliveryTag = tag, Redelivered = isRedelivered, RoutingKey = "q"u8 };
        ContentLayout layout = ContentLayout.Of(deliver, BasicProperties.None.Length, body.Length, FrameBytesMax);
        byte[] wire = new byte[layout.TotalBytes];
        ContentFrames.Write(wire, AmqpConnection.Channel, layout, deliver, BasicProperties.None, body);
        return wire;
    }
}
