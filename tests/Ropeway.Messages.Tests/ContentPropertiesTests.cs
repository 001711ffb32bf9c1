using System.Text;

namespace Ropeway.Messages.Tests;

public sealed class ContentPropertiesTests
{
    private static readonly FieldTable OldHeaders = new() { ["h"] = (sbyte)7 };

    /// <summary>Every property from content-type to type, section 4.2.6.1.</summary>
    private static readonly byte[] All =
    [
        0xFF, 0xE0,
        1, (byte)'c', 1, (byte)'e',
        .. FieldTableCodec.ToArray(OldHeaders),
        2, 5,
        2, (byte)'i', (byte)'d', 1, (byte)'r',
        3, (byte)'1', (byte)'0', (byte)'0',
        1, (byte)'m',
        0, 0, 0, 0, 0, 0, 0, 9,
        1, (byte)'t',
    ];

    [Fact]
    public void Read_AllProperties_FindsThose()
    {
        ContentProperties properties = ContentProperties.Read(All);

        Assert.Equal("100"u8.ToArray(), properties.Expiration.ToArray());
        Assert.Equal("id"u8.ToArray(), properties.CorrelationId.ToArray());
        Assert.Equal("m"u8.ToArray(), properties.MessageId.ToArray());
        Assert.Equal(9ul, properties.TimestampSeconds);
        Assert.Equal(FieldTableCodec.ToArray(OldHeaders), properties.Headers.ToArray());
    }

    [Fact]
    public void WithHeadersOnly_AllProperties_KeepsTheOthers()
    {
        byte[] changed = ContentProperties.Read(All).WithHeadersOnly(new FieldTable { ["new"] = "text" });

        ContentProperties read = ContentProperties.Read(changed);
        Assert.Equal(0xFEE0, read.Flags);
        Assert.True(read.Expiration.IsEmpty);
        Assert.Equal(FieldTableCodec.ToArray(new FieldTable { ["new"] = "text" }), read.Headers.ToArray());
        Assert.Equal("m"u8.ToArray(), read.MessageId.ToArray());
        Assert.Equal(9ul, read.TimestampSeconds);
        Assert.Equal("\u0001t", Encoding.ASCII.GetString(changed.AsSpan()[^2..]));
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0, 0 })]
    public void WithHeadersOnly_NoProperties_HasHeadersOnly(byte[] raw)
    {
        var headers = new FieldTable { ["a"] = 1 };

        Assert.Equal([0x20, 0, .. FieldTableCodec.ToArray(headers)], ContentProperties.Read(raw).WithHeadersOnly(headers));
    }
}
