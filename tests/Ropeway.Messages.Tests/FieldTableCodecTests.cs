using System.Buffers.Binary;
using Ropeway.Messages;
using Ropeway.Tests;

namespace Ropeway.Messages.Tests;

/// <summary>The table encoding against bytes of another implementation (section 4.2.5.5 with RabbitMQ's type octets).</summary>
[Trait("clause", "AMQP091-4.2.5.5")]
public class FieldTableCodecTests
{
    private const string EveryTypeHex = "0000008A 01747401 016262FF 014242FF 017373FFFE 017575FFFF 014949FFFFFFFD 016969FFFFFFFF 016C6CFFFFFFFFFFFFFFFC"
        + " 0166663FC00000 016464C004000000000000 0144440200007AB7 0153530000000474657874 0141410000000C490000000153000000016156"
        + " 015454000000006553F100 01464600000004016E7400 015656 017878000000030102FF";

    private static readonly FieldTable EveryType = new()
    {
        ["t"] = true,
        ["b"] = (sbyte)-1,
        ["B"] = (byte)255,
        ["s"] = (short)-2,
        ["u"] = (ushort)65535,
        ["I"] = -3,
        ["i"] = uint.MaxValue,
        ["l"] = -4L,
        ["f"] = 1.5f,
        ["d"] = -2.5,
        ["D"] = new FieldDecimal(2, 31415),
        ["S"] = "text",
        ["A"] = new FieldArray([1, "a", null]),
        ["T"] = new FieldTimestamp(1_700_000_000),
        ["F"] = new FieldTable { ["n"] = false },
        ["V"] = null,
        ["x"] = new byte[] { 1, 2, 255 },
    };

    [Theory]
    [InlineData("t", 't', "01")]
    [InlineData("S", 'S', "74657874")]
    [InlineData("A", 'A', "490000000153000000016156")]
    [InlineData("V", 'V', "")]
    [InlineData("x", 'x', "0102FF")]
    public void TryFind_Field_GivesItsPlaceAndValue(string name, char type, string value)
    {
        byte[] table = [.. FieldTableCodec.ToArray(EveryType), 1, 2, 3]; // More may follow.

        Assert.True(FieldTableCodec.TryFind(table, System.Text.Encoding.UTF8.GetBytes(name), out RawField field));
        Assert.Equal((byte)type, field.Type);
        Assert.Equal(value, Convert.ToHexString(field.Value));
        Assert.Equal(1, table[field.Start]);
        Assert.Equal((byte)name[0], table[field.Start + 1]);
        byte[] without = [.. table[FieldTableCodec.LengthBytes..field.Start], .. table[field.End..^3]];
        byte[] length = new byte[FieldTableCodec.LengthBytes];
        BinaryPrimitives.WriteInt32BigEndian(length, without.Length);
        Assert.True(FieldTableCodec.TryRead([.. length, .. without], out FieldTable? read, out _));
        Assert.Equal(EveryType.Count - 1, read.Count);
        Assert.False(read.Contains(name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00000000")]
    [InlineData("0000000401416161")] // Another type than there is.
    [InlineData("00000009")]
    public void TryFind_NoSuchFieldOrNoTable_IsFalse(string hex)
        => Assert.False(FieldTableCodec.TryFind(Bytes(hex), "A"u8, out _));

    [Fact]
    public void TryTakeValue_Array_GivesAllValues()
    {
        ReadOnlySpan<byte> content = Bytes("490000000153000000016156");
        Assert.True(FieldTableCodec.TryTakeValue(ref content, out byte type, out ReadOnlySpan<byte> value));
        Assert.Equal(((byte)'I', 4), (type, value.Length));
        Assert.True(FieldTableCodec.TryTakeValue(ref content, out type, out value));
        Assert.Equal(((byte)'S', 1), (type, value.Length));
        Assert.True(FieldTableCodec.TryTakeValue(ref content, out type, out value));
        Assert.Equal(((byte)'V', 0), (type, value.Length));
        Assert.False(FieldTableCodec.TryTakeValue(ref content, out _, out _));
    }

    [Fact]
    public void Write_EveryType_GivesGoldenBytes()
    {
        Assert.Equal(Bytes(EveryTypeHex), FieldTableCodec.ToArray(EveryType));
        Assert.Equal(Bytes(EveryTypeHex).Length, FieldTableCodec.GetByteCount(EveryType));
    }

    [Fact]
    public void TryRead_EveryType_GivesValuesInOrder()
    {
        byte[] source = [.. Bytes(EveryTypeHex), 0xEE]; // Something behind the table.

        Assert.True(FieldTableCodec.TryRead(source, out FieldTable? table, out int readBytes));

        Assert.Equal(source.Length - 1, readBytes);
        Assert.Equal(EveryType, table);
        Assert.Equal("t b B s u I i l f d D S A T F V x", string.Join(" ", table.Select(field => field.Key)));
    }

    [Theory]
    [InlineData("00000000")]
    [InlineData("00000002 00 56")]             // an empty name
    [InlineData("00000004 01 61 74 02")]       // any octet but 0 is true
    public void TryRead_SmallestForms_AreAccepted(string hex) => Assert.True(FieldTableCodec.TryRead(Bytes(hex), out _, out _));

    [Fact]
    public void TryRead_OctetsOfTheGrammar_AreReadAsSigned()
    {
        Assert.True(FieldTableCodec.TryRead(Bytes("00000010 01 61 4C FFFFFFFFFFFFFFFE 01 62 55 FFFE"), out FieldTable? table, out _));

        Assert.Equal(new FieldTable { ["a"] = -2L, ["b"] = (short)-2 }, table);
    }

    [Fact]
    public void TryRead_TextThatIsNotUtf8_IsBytes()
    {
        Assert.True(FieldTableCodec.TryRead(Bytes("00000009 01 61 53 00000002 FFFE"), out FieldTable? table, out _));

        Assert.Equal(new FieldTable { ["a"] = new byte[] { 0xFF, 0xFE } }, table);
        Assert.Equal("00000009016178" + "00000002FFFE", Convert.ToHexString(FieldTableCodec.ToArray(table)));
    }

    [Fact]
    public void TryRead_DuplicateNames_LastValueCounts()
    {
        Assert.True(FieldTableCodec.TryRead(Bytes("0000000F 01 61 62 01 01 62 62 02 01 61 74 01 016356"), out FieldTable? table, out _));

        Assert.Equal(new FieldTable { ["a"] = true, ["b"] = (sbyte)2, ["c"] = null }, table);
    }

    [Theory]
    [InlineData("")]
    [InlineData("000000")]
    [InlineData("00000001")]                    // length max + 1
    [InlineData("FFFFFFFF 00 56")]
    [InlineData("7FFFFFFF 00 56")]
    [InlineData("80000000 00 56")]
    [InlineData("00000001 00")]                 // no type
    [InlineData("00000001 05")]                 // a name longer than the bytes left
    [InlineData("00000003 01 61 7A")]           // unknown type
    [InlineData("00000003 01 FF 56")]           // a name that is not UTF-8
    [InlineData("00000004 01 61 49 00")]        // a number cut off by the end of its table
    [InlineData("00000007 01 61 53 00000001 62")] // a text longer than its table, though bytes follow
    [InlineData("00000007 01 61 53 FFFFFFFF")]
    [InlineData("00000007 01 61 78 7FFFFFFF")]
    [InlineData("00000007 01 61 46 00000001")]
    [InlineData("00000007 01 61 41 80000000")]
    [InlineData("00000008 01 61 41 00000001 7A")] // unknown type in an array
    [InlineData("00000009 01 61 46 00000002 01 61")] // a field without a value in a nested table
    public void TryRead_Malformed_IsRefusedWithoutAllocating(string hex)
    {
        byte[] source = Bytes(hex);

        Assert.False(FieldTableCodec.TryRead(source, out FieldTable? table, out int readBytes));
        Assert.Null(table);
        Assert.Equal(0, readBytes);
        Assert.Equal(0, Allocations.Least(() => FieldTableCodec.TryRead(source, out _, out _)));
    }

    [Fact]
    public void TryRead_EveryPrefix_IsRefused()
    {
        byte[] whole = Bytes(EveryTypeHex);
        for (int count = 0; count < whole.Length; count++)
        {
            Assert.False(FieldTableCodec.TryRead(whole.AsSpan(0, count), out _, out _));
        }
    }

    [Fact]
    public void TryRead_EverySingleByteChange_NeverThrowsAndCanBeWrittenAgain()
    {
        byte[] bytes = Bytes(EveryTypeHex);
        int acceptedCount = 0;
        for (int at = 0; at < bytes.Length; at++)
        {
            byte before = bytes[at];
            for (int value = 0; value < 256; value++)
            {
                bytes[at] = (byte)value;
                if (FieldTableCodec.TryRead(bytes, out FieldTable? table, out _))
                {
                    acceptedCount++;
                    Assert.True(FieldTableCodec.TryRead(FieldTableCodec.ToArray(table), out FieldTable? again, out _));
                    Assert.Equal(table, again);
                }
            }

            bytes[at] = before;
        }

        Assert.InRange(acceptedCount, bytes.Length, bytes.Length * 255);
    }

    [Theory]
    [InlineData(FieldTableCodec.NestingMax, true)]
    [InlineData(FieldTableCodec.NestingMax + 1, false)]
    [InlineData(10_000, false)]
    public void TryRead_NestedTables_StopsAtTheCap(int depth, bool expected)
    {
        Assert.Equal(expected, FieldTableCodec.TryRead(Nested(depth, (byte)'F'), out _, out _));
        Assert.Equal(expected, FieldTableCodec.TryRead(Nested(depth, (byte)'A'), out _, out _));
    }

    [Fact]
    public void Write_NestedOverTheCap_IsRefused()
    {
        FieldTable table = Wrap(FieldTableCodec.NestingMax - 1);

        Assert.True(FieldTableCodec.TryRead(FieldTableCodec.ToArray(table), out _, out _));
        Assert.Throws<ArgumentException>(() => FieldTableCodec.GetByteCount(Wrap(FieldTableCodec.NestingMax)));
        Assert.Throws<ArgumentException>(() => FieldTableCodec.Write(Wrap(FieldTableCodec.NestingMax), new byte[4096]));
    }

    [Theory]
    [InlineData("V")]       // one byte a value
    [InlineData("b\u0001")] // a boxed number for two bytes
    [InlineData("S\0\0\0\0")]
    [InlineData("F\0\0\0\0")]
    [InlineData("A\0\0\0\0")]
    public void TryRead_ArrayOfTheSmallestValues_AllocatesInProportion(string value)
    {
        byte[] values = [.. Enumerable.Repeat(System.Text.Encoding.Latin1.GetBytes(value), 100_000 / value.Length).SelectMany(bytes => bytes)];
        byte[] source = Array('A', values);

        AssertAllocatesInProportion(source, perByteMax: 32);
    }

    [Fact]
    public void TryRead_TableOfTheSmallestFields_AllocatesInProportion()
    {
        var fields = new List<byte>();
        for (int i = 0; i < 20_000; i++)
        {
            string name = char.ConvertFromUtf32(0x80 + (i % 1900)) + char.ConvertFromUtf32(0x80 + (i / 1900)); // Distinct, four bytes.
            byte[] utf8 = System.Text.Encoding.UTF8.GetBytes(name);
            fields.AddRange([(byte)utf8.Length, .. utf8, (byte)'V']);
        }

        byte[] source = new byte[4 + fields.Count];
        BinaryPrimitives.WriteUInt32BigEndian(source, (uint)fields.Count);
        fields.CopyTo(source, 4);

        AssertAllocatesInProportion(source, perByteMax: 64);
    }

    [Fact]
    public void TryMeasure_WellFormedTable_AllocatesNothing()
    {
        byte[] source = Bytes(EveryTypeHex);

        Assert.True(FieldTableCodec.TryMeasure(source, out int readBytes));
        Assert.Equal(source.Length, readBytes);
        Assert.Equal(0, Allocations.Least(() => FieldTableCodec.TryMeasure(source, out _)));
    }

    [Fact]
    public void Write_DestinationOneByteShort_IsRefused()
        => Assert.ThrowsAny<ArgumentException>(() => FieldTableCodec.Write(EveryType, new byte[FieldTableCodec.GetByteCount(EveryType) - 1]));

    private static void AssertAllocatesInProportion(byte[] source, int perByteMax)
    {
        bool read = false;
        long bytesMax = (long)source.Length * perByteMax;
        long least = Allocations.LeastOf(() => read = FieldTableCodec.TryRead(source, out _, out _), bytesMax);

        Assert.True(read);
        Assert.True(least <= bytesMax, $"{least} bytes for {source.Length}.");
    }

    private static FieldTable Wrap(int times)
    {
        var table = new FieldTable();
        for (int i = 0; i < times; i++)
        {
            table = new FieldTable { ["t"] = table };
        }

        return table;
    }

    /// <summary>A table holding tables or arrays in one another, the outermost counted.</summary>
    private static byte[] Nested(int depth, byte type)
    {
        bool named = type == (byte)'F';
        var bytes = new List<byte>();
        for (int level = depth; level >= 1; level--)
        {
            byte[] length = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(length, (uint)bytes.Count);
            bytes.InsertRange(0, length);
            if (level > 1)
            {
                bytes.Insert(0, type);
                if (named || level == 2)
                {
                    bytes.Insert(0, 0); // An empty name; arrays have one in the outermost table only.
                }
            }
        }

        return [.. bytes];
    }

    [Theory]
    [InlineData(-5L)]
    [InlineData(50_000_000_000L)]
    public void AddInteger_TableWithMoreBehindIt_HoldsTheFieldAndKeepsTheRest(long value)
    {
        byte[] table = FieldTableCodec.ToArray(new FieldTable { ["a"] = "x" });
        byte[] bytes = [.. table, 7, 8, 9, .. new byte[FieldTableCodec.GetFieldBytes("n"u8)]];

        int added = FieldTableCodec.AddInteger(bytes, table.Length + 3, "n"u8, value);

        object typed = value == (int)value ? (object)(int)value : value;
        byte[] expected = [.. FieldTableCodec.ToArray(new FieldTable { ["a"] = "x", ["n"] = typed }), 7, 8, 9];
        Assert.Equal(expected, bytes[..(table.Length + 3 + added)]);
    }

    [Fact]
    public void RemoveField_SeveralOfTheName_AllGoAndTheRestMovesUp()
    {
        byte[] bytes = [.. Bytes("00000018 016149 00000001 016249 00000002 016149 00000003 017856"), 7, 8];

        int removed = FieldTableCodec.RemoveField(bytes, "a"u8);

        byte[] expected = [.. Bytes("0000000A 016249 00000002 017856"), 7, 8];
        Assert.Equal(expected, bytes[..^removed]);
        Assert.Equal(0, FieldTableCodec.RemoveField(expected, "nothing"u8));
    }

    private static byte[] Array(char type, byte[] values)
    {
        byte[] source = new byte[4 + 2 + 4 + values.Length];
        BinaryPrimitives.WriteUInt32BigEndian(source, (uint)(source.Length - 4));
        source[5] = (byte)type;
        BinaryPrimitives.WriteUInt32BigEndian(source.AsSpan(6), (uint)values.Length);
        values.CopyTo(source, 10);
        return source;
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal));
}
