using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Codec;

[Trait("clause", "AMQP091-4.2.5.4")]
[Trait("clause", "AMQP091-4.2.6.1")]
public class BasicPropertiesTests
{
    /// <summary>All fourteen properties as another implementation writes them (section 4.2.6.1).</summary>
    private const string AllHex = "FFFC 0A746578742F706C61696E 057574662D38 00000008 0168 53 00000001 76 02 05 03636964 027274 053630303030"
        + " 036D6964 000000006553F100 027479 056775657374 03617070 02636C";

    private static readonly BasicPropertyValues All = new()
    {
        ContentType = "text/plain",
        ContentEncoding = "utf-8",
        Headers = new FieldTable { ["h"] = "v" },
        DeliveryMode = 2,
        Priority = 5,
        CorrelationId = "cid",
        ReplyTo = "rt",
        Expiration = "60000",
        MessageId = "mid",
        Timestamp = new FieldTimestamp(1_700_000_000),
        Type = "ty",
        UserId = "guest",
        AppId = "app",
        ClusterId = "cl",
    };

    [Fact]
    public void Write_AllProperties_GivesGoldenBytes()
        => Assert.Equal(AllHex.Replace(" ", string.Empty, StringComparison.Ordinal), Convert.ToHexString(All.ToArray()));

    [Theory]
    [InlineData("h", "")]
    [InlineData("other", "h")]
    public void RemoveHeader_WithinAllProperties_TakesNothingElse(string removed, string kept)
    {
        byte[] raw = All.ToArray();
        int bytes = BasicProperties.RemoveHeader(raw, System.Text.Encoding.UTF8.GetBytes(removed));

        Assert.True(BasicProperties.TryRead(raw.AsSpan(0, bytes), out BasicProperties read));
        BasicPropertyValues expected = All with { Headers = kept.Length == 0 ? [] : new FieldTable { [kept] = "v" } };
        Assert.Equal(expected, BasicPropertyValues.From(read));
    }

    [Fact]
    public void RemoveHeader_WithoutHeaders_ChangesNothing()
    {
        byte[] raw = new BasicPropertyValues { AppId = "h" }.ToArray();

        Assert.Equal(raw.Length, BasicProperties.RemoveHeader(raw, "h"u8));
    }

    [Fact]
    public void TryRead_AllProperties_FindsEachOfThem()
    {
        byte[] raw = Hex.ToBytes(AllHex);

        Assert.True(BasicProperties.TryRead(raw, out BasicProperties read));

        Assert.Equal("text/plain"u8, read.ContentType);
        Assert.Equal("utf-8"u8, read.ContentEncoding);
        Assert.Equal(12, read.Headers.Length);
        Assert.Equal((byte)2, read.DeliveryMode);
        Assert.True(read.IsPersistent);
        Assert.Equal((byte)5, read.Priority);
        Assert.Equal("cid"u8, read.CorrelationId);
        Assert.Equal("rt"u8, read.ReplyTo);
        Assert.Equal("60000"u8, read.Expiration);
        Assert.Equal("mid"u8, read.MessageId);
        Assert.Equal(new FieldTimestamp(1_700_000_000), read.Timestamp);
        Assert.Equal("ty"u8, read.Type);
        Assert.Equal("guest"u8, read.UserId);
        Assert.Equal("app"u8, read.AppId);
        Assert.Equal("cl"u8, read.ClusterId);
        Assert.Equal(raw, read.Raw.ToArray());
        Assert.Equal(All, BasicPropertyValues.From(read));
    }

    [Fact]
    public void TryRead_NoProperties_HasNone()
    {
        Assert.True(BasicProperties.TryRead(BasicProperties.None, out BasicProperties read));

        Assert.Equal(BasicPropertyFlags.None, read.Flags);
        Assert.Null(read.DeliveryMode);
        Assert.False(read.IsPersistent);
        Assert.Null(read.Timestamp);
        Assert.True(read.Headers.IsEmpty);
        Assert.Equal(new BasicPropertyValues(), BasicPropertyValues.From(read));
    }

    [Fact]
    public void RoundTrip_EverySubsetOfProperties_KeepsExactlyThese()
    {
        for (int mask = 0; mask < 1 << 14; mask++)
        {
            BasicPropertyValues some = Subset(mask);
            byte[] raw = some.ToArray();

            Assert.True(BasicProperties.TryRead(raw, out BasicProperties read));
            Assert.Equal(mask << 2, (int)read.Flags);
            Assert.Equal(some, BasicPropertyValues.From(read));
        }
    }

    [Fact]
    public void TryRead_EveryPrefix_IsRefused()
    {
        byte[] raw = Hex.ToBytes(AllHex);

        for (int count = 0; count < raw.Length; count++)
        {
            Assert.False(BasicProperties.TryRead(raw.AsSpan(0, count), out _));
        }
    }

    [Theory]
    [InlineData("8000 00")]                       // an empty content type
    [InlineData("2000 00000000")]                 // empty headers
    [InlineData("1000 02")]
    public void TryRead_SmallestForms_AreAccepted(string hex) => Assert.True(BasicProperties.TryRead(Hex.ToBytes(hex), out _));

    [Theory]
    [InlineData("0000 00")]                       // a byte left over
    [InlineData("0001")]                          // 4.2.6.1: another flag word, which class basic does not have
    [InlineData("0001 0000")]
    [InlineData("0002")]                          // a flag without a property
    [InlineData("8000")]                          // content type announced, not there
    [InlineData("8000 02 61")]                    // longer than the bytes left
    [InlineData("2000 00000001")]                 // headers longer than the bytes left
    [InlineData("2000 FFFFFFFF 00")]
    [InlineData("2000 00000003 01 61 7A")]        // headers with an unknown type
    [InlineData("0040 00000000000000")]           // seven bytes of a timestamp
    [InlineData("")]
    [InlineData("00")]
    public void TryRead_Malformed_IsRefused(string hex) => Assert.False(BasicProperties.TryRead(Hex.ToBytes(hex), out _));

    [Fact]
    public void TryRead_EverySingleByteChange_NeverThrowsAndReadsOnlyWhatIsThere()
    {
        byte[] raw = Hex.ToBytes(AllHex);
        for (int at = 0; at < raw.Length; at++)
        {
            byte before = raw[at];
            for (int value = 0; value < 256; value++)
            {
                raw[at] = (byte)value;
                if (BasicProperties.TryRead(raw, out BasicProperties read))
                {
                    BasicPropertyValues.From(read); // Must not throw for anything accepted.
                }
            }

            raw[at] = before;
        }
    }

    [Theory]
    [InlineData("0", 0L)]
    [InlineData("60000", 60_000L)]
    [InlineData("+5", 5L)]
    [InlineData("315360000000", 315_360_000_000L)]
    public void TryGetExpirationMs_Numbers_AreRead(string expiration, long expected)
    {
        byte[] raw = new BasicPropertyValues { Expiration = expiration }.ToArray();
        BasicProperties.TryRead(raw, out BasicProperties read);

        Assert.True(read.TryGetExpirationMs(out long? expirationMs));
        Assert.Equal(expected, expirationMs);
    }

    [Theory]
    [InlineData("")]
    [InlineData("+")]
    [InlineData("-1")]
    [InlineData("abc")]
    [InlineData("1 ")]
    [InlineData("1.5")]
    [InlineData("315360000001")]
    [InlineData("99999999999999999999999999999999999999")]
    public void TryGetExpirationMs_OtherTexts_AreRefused(string expiration)
    {
        byte[] raw = new BasicPropertyValues { Expiration = expiration }.ToArray();
        BasicProperties.TryRead(raw, out BasicProperties read);

        Assert.False(read.TryGetExpirationMs(out _));
    }

    [Fact]
    public void TryGetExpirationMs_NotThere_IsNull()
    {
        BasicProperties.TryRead(BasicProperties.None, out BasicProperties read);

        Assert.True(read.TryGetExpirationMs(out long? expirationMs));
        Assert.Null(expirationMs);
    }

    private static BasicPropertyValues Subset(int mask)
    {
        bool Has(BasicPropertyFlags flag) => ((mask << 2) & (int)flag) != 0;

        return new BasicPropertyValues
        {
            ContentType = Has(BasicPropertyFlags.ContentType) ? All.ContentType : null,
            ContentEncoding = Has(BasicPropertyFlags.ContentEncoding) ? All.ContentEncoding : null,
            Headers = Has(BasicPropertyFlags.Headers) ? All.Headers : null,
            DeliveryMode = Has(BasicPropertyFlags.DeliveryMode) ? All.DeliveryMode : null,
            Priority = Has(BasicPropertyFlags.Priority) ? All.Priority : null,
            CorrelationId = Has(BasicPropertyFlags.CorrelationId) ? All.CorrelationId : null,
            ReplyTo = Has(BasicPropertyFlags.ReplyTo) ? All.ReplyTo : null,
            Expiration = Has(BasicPropertyFlags.Expiration) ? All.Expiration : null,
            MessageId = Has(BasicPropertyFlags.MessageId) ? All.MessageId : null,
            Timestamp = Has(BasicPropertyFlags.Timestamp) ? All.Timestamp : null,
            Type = Has(BasicPropertyFlags.Type) ? All.Type : null,
            UserId = Has(BasicPropertyFlags.UserId) ? All.UserId : null,
            AppId = Has(BasicPropertyFlags.AppId) ? All.AppId : null,
            ClusterId = Has(BasicPropertyFlags.ClusterId) ? All.ClusterId : null,
        };
    }
}
