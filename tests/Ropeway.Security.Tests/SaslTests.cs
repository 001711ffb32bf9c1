using System.Text;

namespace Ropeway.Security.Tests;

public sealed class SaslTests
{
    [Theory]
    [InlineData("\0tim\0tanstaaftanstaaf", "tim", "tanstaaftanstaaf")] // RFC 4616 section 4
    [InlineData("tim\0tim\0xipj3plmq", "tim", "xipj3plmq")]
    [InlineData("\0otto\0", "otto", "")]
    [InlineData("\0ötto\0pässword", "ötto", "pässword")]
    public void TryParsePlain_WellFormed_GivesNameAndPassword(string message, string expectedUser, string expectedPassword)
    {
        Assert.True(Sasl.TryParsePlain(Encoding.UTF8.GetBytes(message), out string? user, out Secret? password));
        using (password)
        {
            Assert.Equal(expectedUser, user, StringComparer.Ordinal);
            Assert.True(password.Reveal().SequenceEqual(Encoding.UTF8.GetBytes(expectedPassword)));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("tim")]
    [InlineData("\0tim")]
    [InlineData("\0\0secret")] // No name.
    [InlineData("\0tim\0a\0b")]
    [InlineData("Ursel\0Kurt\0xipj3plmq")] // RFC 4616: Kurt wants to act as Ursel.
    public void TryParsePlain_MalformedOrForAnother_IsRefused(string message) =>
        Assert.False(Sasl.TryParsePlain(Encoding.UTF8.GetBytes(message), out _, out _));

    [Fact]
    public void TryParsePlain_NotUtf8_IsRefused()
    {
        Assert.False(Sasl.TryParsePlain([0, 0xFF, 0, (byte)'x'], out _, out _));
        Assert.False(Sasl.TryParsePlain([0, (byte)'x', 0, 0xFF], out _, out _));
    }

    [Fact]
    public void Secret_Formatted_ShowsNothing()
    {
        using var secret = new Secret("s3cret");

        Assert.Equal("*** ***", $"{secret} {secret.ToString()}", StringComparer.Ordinal);
    }

    [Fact]
    public void Secret_Disposed_IsOverwritten()
    {
        var secret = new Secret("s3cret");
        secret.Dispose();

        Assert.Equal(0, secret.Reveal().IndexOfAnyExcept((byte)0) + 1);
    }
}
