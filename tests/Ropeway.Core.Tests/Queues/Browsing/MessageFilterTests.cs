using Ropeway.Core.Queues.Browsing;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Queues.Browsing;

/// <summary>The language in which messages are looked for.</summary>
public sealed class MessageFilterTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("", true)]
    [InlineData("invoice", true)]
    [InlineData("Invoice", false)]
    [InlineData("invoice paid", true)]
    [InlineData("invoice missing", false)]
    [InlineData("-missing", true)]
    [InlineData("-invoice", false)]
    [InlineData("\"is paid\"", true)]
    [InlineData("\"paid  is\"", false)]
    [InlineData("body:paid", true)]
    [InlineData("\"say \\\"hi\\\"\"", true)]
    [InlineData("header:tries=3", true)]
    [InlineData("header:tries=4", false)]
    [InlineData("header:tries", true)]
    [InlineData("header:none", false)]
    [InlineData("header:region=eu-*", true)]
    [InlineData("header:urgent=true", true)]
    [InlineData("header:big=9007199254740993", true)]
    [InlineData("header:\"a name\"=x", true)]
    [InlineData("key:mail.*", true)]
    [InlineData("key:*.eu", true)]
    [InlineData("key:mail", false)]
    [InlineData("exchange:orders", true)]
    [InlineData("id:id", true)]
    [InlineData("id:*d", true)]
    [InlineData("id:x", false)]
    [InlineData("correlation:x", false)]
    [InlineData("size:>10", true)]
    [InlineData("size:>1KiB", false)]
    [InlineData("size:<=1kb", true)]
    [InlineData("size:30", true)]
    [InlineData("tries:>3", false)]
    [InlineData("tries:>=3", true)]
    [InlineData("tries:=3", true)]
    [InlineData("tries:<3", false)]
    [InlineData("after:11:00", true)]
    [InlineData("after:11:31", false)]
    [InlineData("after:14:00", true)] // Yesterday's: today's is still to come.
    [InlineData("before:2026-03-01", false)]
    [InlineData("after:2026-03-01T12:30:00+01:00 before:2026-03-01T11:30:01Z", true)]
    public void Fits_OneMessage_AsTheTermsSay(string text, bool expected)
    {
        Assert.True(MessageFilter.TryParse(text, Now, out MessageFilter? filter, out FilterError? error), error?.ToString());

        Assert.Equal(expected, Fits(filter!));
    }

    [Theory]
    [InlineData("nme:x", 1, "there is no 'nme:'")]
    [InlineData("ok  nme:x", 5, "there is no 'nme:'")]
    [InlineData("-nme:x", 2, "there is no 'nme:'")]
    [InlineData("key:", 5, "'key:' needs a value")]
    [InlineData("a key: b", 7, "'key:' needs a value")]
    [InlineData("\"\"", 1, "a text is empty")]
    [InlineData("a \"open", 3, "the quote is not closed")]
    [InlineData("header:=x", 8, "'header:' needs a name")]
    [InlineData("size:>", 7, "a size is expected")]
    [InlineData("size:>1XB", 7, "a size is expected")]
    [InlineData("size:=>1", 6, "'=>' is none of")]
    [InlineData("tries:>1KB", 8, "a whole number is expected")]
    [InlineData("tries:99999999999999999999", 7, "a whole number is expected")]
    [InlineData("after:yesterday", 7, "a time is expected")]
    [InlineData("after:25:00", 7, "a time is expected")]
    public void TryParse_Mistake_IsNamedWithItsColumn(string text, int column, string problem)
    {
        Assert.False(MessageFilter.TryParse(text, Now, out MessageFilter? filter, out FilterError? error));

        Assert.Null(filter);
        Assert.Equal(column, error!.Column);
        Assert.StartsWith(problem, error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_TooMuch_IsRefused()
    {
        Assert.False(MessageFilter.TryParse(string.Join(' ', Enumerable.Repeat("a", 21)), Now, out _, out FilterError? many));
        Assert.Equal("column 41: a filter has at most 20 terms", many!.ToString());
        Assert.False(MessageFilter.TryParse(new string('a', 1001), Now, out _, out FilterError? @long));
        Assert.Equal("column 1001: a filter has at most 1000 characters", @long!.ToString());
    }

    [Fact]
    public void ReadsBodies_OnlyForWords_IsTrue()
    {
        Assert.True(MessageFilter.TryParse("key:a size:>1", Now, out MessageFilter? names, out _));
        Assert.True(MessageFilter.TryParse("key:a word", Now, out MessageFilter? words, out _));
        Assert.Equal((false, true), (names!.ReadsBodies, words!.ReadsBodies));
    }

    private static bool Fits(MessageFilter filter)
    {
        byte[] body = "invoice paid is paid. say \"hi\""u8.ToArray();
        byte[] properties = QueueRig.PropertiesOf(
            new FieldTable { ["tries"] = 3, ["region"] = "eu-1", ["urgent"] = true, ["big"] = 9007199254740993, ["a name"] = "x" },
            expirationMs: null);
        byte[] exchange = "orders"u8.ToArray();
        byte[] key = "mail.new.eu"u8.ToArray();
        var head = new MessageHead(MessageOrigin.Amqp091, MessageFlags.None, 0, new DateTimeOffset(2026, 3, 1, 11, 30, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), 0);
        byte[] stored = new byte[StoredMessage.GetByteCountWithoutBody(exchange.Length, key.Length, properties.Length) + body.Length];
        body.CopyTo(StoredMessage.Write(stored, head, exchange, key, properties, body.Length));
        Assert.True(StoredMessage.TryRead(stored, out StoredMessage message));
        return filter.Fits(new FilterSubject(message, message.Body, tries: 3));
    }
}
