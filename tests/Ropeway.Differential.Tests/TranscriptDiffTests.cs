namespace Ropeway.Differential.Tests;

public sealed class TranscriptDiffTests
{
    [Theory]
    [InlineData("a b c", "a b c", "")]
    [InlineData("a b c", "a c", "- b")]
    [InlineData("a c", "a b c", "+ b")]
    [InlineData("a b c", "a x c", "- b|+ x")]
    [InlineData("a b c d", "x b d y", "- a|+ x|- c|+ y")]
    [InlineData("", "a", "+ a")]
    public void Between_TwoTranscripts_NamesWhatOneOfThemHasAlone(string first, string second, string expected) =>
        Assert.Equal(expected, string.Join('|', TranscriptDiff.Between(Words(first), Words(second))));

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
