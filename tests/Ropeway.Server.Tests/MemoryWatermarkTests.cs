namespace Ropeway.Server.Tests;

public sealed class MemoryWatermarkTests
{
    [Theory]
    [InlineData("0.6", 600_000)]
    [InlineData("1.0", 1_000_000)]
    [InlineData("0", 0)]
    [InlineData("12345", 12_345)]
    [InlineData("2kB", 2_000)]
    [InlineData("2KiB", 2_048)]
    [InlineData("3 mb", 3_000_000)]
    [InlineData("1TiB", 1_099_511_627_776)]
    public void Parse_ShareOrAmount_GivesBytes(string text, long bytes) =>
        Assert.Equal(bytes, MemoryWatermark.Parse(text).Of(totalBytes: 1_000_000));

    [Theory]
    [InlineData("")]
    [InlineData("1.1")]
    [InlineData("-0.5")]
    [InlineData("-5")]
    [InlineData("lots")]
    [InlineData("MB")]
    [InlineData("9999999999TB")]
    public void Parse_AnythingElse_SaysWhatIsExpected(string text) =>
        Assert.Contains("expected", Assert.Throws<FormatException>(() => MemoryWatermark.Parse(text)).Message, StringComparison.Ordinal);
}
