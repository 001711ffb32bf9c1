using Ropeway.Core.Streams;

namespace Ropeway.Core.Tests.Streams;

public sealed class StreamAgeTests
{
    [Theory]
    [InlineData("1s", 1_000)]
    [InlineData("5m", 300_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("7D", 604_800_000)]
    [InlineData("1M", 2_592_000_000)]
    [InlineData("2Y", 63_072_000_000)]
    [InlineData("99999999999999999999Y", 31_536_000_000_000)]
    public void TryParse_NumberAndUnit_GivesMilliseconds(string text, long expectedMs)
    {
        Assert.True(StreamAge.TryParse(text, out long ms));
        Assert.Equal(expectedMs, ms);
    }

    [Theory]
    [InlineData("")]
    [InlineData("D")]
    [InlineData("7")]
    [InlineData("0D")]
    [InlineData("-1D")]
    [InlineData(" 1D")]
    [InlineData("1.5h")]
    [InlineData("7X")]
    [InlineData("7d")]
    public void TryParse_AnythingElse_IsNone(string text) => Assert.False(StreamAge.TryParse(text, out _));
}
