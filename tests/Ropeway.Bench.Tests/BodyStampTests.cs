using Ropeway.Server.Bench;

namespace Ropeway.Bench.Tests;

public class BodyStampTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(20)]
    [InlineData(1024)]
    public void Write_AnyBodyLength_WritesWhatFits(int bytes)
    {
        byte[] body = new byte[bytes];

        BodyStamp.Write(body, ticks: 123_456_789, producer: 7, sequence: 99);
        BodyStamp.WriteChecksum(body);

        if (bytes >= BodyStamp.TimeBytes)
        {
            Assert.Equal(123_456_789, BodyStamp.ReadTicks(body));
        }

        if (bytes >= BodyStamp.SequenceBytes)
        {
            Assert.Equal((7, 99L), BodyStamp.ReadNumber(body));
        }

        Assert.True(BodyStamp.IsIntact(body));
    }

    [Fact]
    public void ReadNumber_LargestValues_ComeBack()
    {
        byte[] body = new byte[16];

        BodyStamp.Write(body, long.MaxValue, producer: ushort.MaxValue, sequence: (1L << 48) - 1);

        Assert.Equal((ushort.MaxValue, (1L << 48) - 1), BodyStamp.ReadNumber(body));
        Assert.Equal(long.MaxValue, BodyStamp.ReadTicks(body));
    }

    [Fact]
    public void IsIntact_AnySingleBitFlipped_IsFalse()
    {
        byte[] body = new byte[40];
        BodyStamp.Write(body, 1, 2, 3);
        BodyStamp.WriteChecksum(body);

        for (int bit = 0; bit < body.Length * 8; bit++)
        {
            body[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(BodyStamp.IsIntact(body), $"bit {bit}");
            body[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }
}
