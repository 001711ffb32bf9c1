using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Codec;

[Trait("clause", "AMQP091-4.2.5.1")]
[Trait("clause", "AMQP091-4.2.5.3")]
public class MethodReaderTests
{
    [Fact]
    public void Read_EveryKindOfField_GivesValuesInOrder()
    {
        var reader = new MethodReader(Hex.ToBytes("7F 0102 01020304 0102030405060708 02 6869 00000001 FF 05 00000003 01 61 56"));

        Assert.Equal(0x7F, reader.ReadOctet());
        Assert.Equal(0x0102, reader.ReadShort());
        Assert.Equal(0x01020304u, reader.ReadLong());
        Assert.Equal(0x0102030405060708u, reader.ReadLongLong());
        Assert.Equal("hi", reader.ReadNameText());
        Assert.Equal([0xFF], reader.ReadLongString().ToArray());
        Assert.Equal(0b101, reader.ReadBits());
        Assert.Equal(7, reader.ReadTable().Length);
        Assert.True(reader.IsComplete);
    }

    [Fact]
    public void Read_PastTheEnd_LatchesTheFailure()
    {
        var reader = new MethodReader(Hex.ToBytes("01 02 03"));

        Assert.Equal(0u, reader.ReadLong());
        Assert.True(reader.Failed);
        Assert.Equal(0, reader.ReadOctet()); // Though three bytes were there.
        Assert.Equal(0, reader.RemainingBytes);
        Assert.False(reader.IsComplete);
    }

    [Fact]
    public void IsComplete_BytesLeftOver_IsFalse()
    {
        var reader = new MethodReader(Hex.ToBytes("01 02"));

        reader.ReadOctet();

        Assert.False(reader.Failed);
        Assert.False(reader.IsComplete);
    }

    [Theory]
    [InlineData("00", true)]
    [InlineData("02 C3A4", true)]
    [InlineData("01 C3", false)]   // cut off character
    [InlineData("02 C080", false)] // overlong
    [InlineData("03 EDA080", false)] // surrogate
    [InlineData("02 61", false)]   // longer than the bytes left
    public void ReadName_GoldenBytes_AcceptsOnlyUtf8(string hex, bool expected)
    {
        var reader = new MethodReader(Hex.ToBytes(hex));

        reader.ReadName();

        Assert.Equal(expected, reader.IsComplete);
    }

    [Theory]
    [InlineData("00000000", true)]
    [InlineData("00000001 41", true)]
    [InlineData("00000002 41", false)]
    [InlineData("80000000 41", false)]
    [InlineData("FFFFFFFF 41", false)]
    [InlineData("000000", false)]
    public void ReadLongString_LengthAtTheEdges_IsCheckedAgainstTheBytesLeft(string hex, bool expected)
    {
        var reader = new MethodReader(Hex.ToBytes(hex));

        reader.ReadLongString();

        Assert.Equal(expected, reader.IsComplete);
    }

    [Fact]
    public void ReadFieldTable_WellFormedAndNot_DecodesOrFails()
    {
        var good = new MethodReader(Hex.ToBytes("00000008 01 61 53 00000001 62"));
        var bad = new MethodReader(Hex.ToBytes("00000003 01 61 7A"));

        Assert.Equal(new FieldTable { ["a"] = "b" }, good.ReadFieldTable());
        Assert.True(good.IsComplete);
        Assert.Null(bad.ReadFieldTable());
        Assert.True(bad.Failed);
    }
}
