using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Codec;

[Trait("clause", "AMQP091-4.2.6.1")]
public class ContentHeaderTests
{
    [Fact]
    public void TryRead_GoldenBytes_GivesClassBodySizeAndProperties()
    {
        byte[] payload = Hex.ToBytes("003C 0000 000000000000000A 1000 02"); // 4.2.6.1

        Assert.True(ContentHeader.TryRead(payload, out ContentHeader header));

        Assert.Equal(ContentHeader.BasicClassId, header.ClassId);
        Assert.Equal(10u, header.BodyBytes);
        Assert.Equal("100002", Convert.ToHexString(header.Properties));
    }

    [Theory]
    [InlineData("003C 0000 0000000000000000", false)]           // no property flags
    [InlineData("003C 0000 0000000000000000 00", false)]
    [InlineData("003C 0000 0000000000000000 0000", true)]
    [InlineData("003C 0001 0000000000000000 0000", false)]      // a weight
    [InlineData("003C 0000 FFFFFFFFFFFFFFFF 0000", true)]       // left to the caller's limit
    [InlineData("", false)]
    public void TryRead_EdgesOfTheFixedPart_GivesStatus(string hex, bool expected)
        => Assert.Equal(expected, ContentHeader.TryRead(Hex.ToBytes(hex), out _));

    [Fact]
    public void TryRead_LargestBodySize_IsNotNegative()
    {
        ContentHeader.TryRead(Hex.ToBytes("003C 0000 FFFFFFFFFFFFFFFF 0000"), out ContentHeader header);

        Assert.Equal(ulong.MaxValue, header.BodyBytes);
    }
}
