using System.Text;
using Ropeway.Core.Routing;

namespace Ropeway.Core.Tests.Routing;

public sealed class Utf8TextTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("site.12.device", "site.12.device", true)]
    [InlineData("site.12.device", "site.12.devicf", false)]
    [InlineData("site", "site.", false)]
    [InlineData("ä.€.🚡", "ä.€.🚡", true)]
    [InlineData("ä.€.🚡", "ä.€.🚠", false)]
    [InlineData("ä", "äa", false)]
    [InlineData("äa", "ä", false)]
    [InlineData("ä", "a", false)]
    [InlineData("a", "ä", false)]
    public void AreEqual_BytesAndText_ComparesCharacters(string encoded, string text, bool expected) =>
        Assert.Equal(expected, Utf8Text.AreEqual(Encoding.UTF8.GetBytes(encoded), text));

    [Theory]
    [InlineData("FF")]
    [InlineData("C3")] // Half a character.
    public void AreEqual_InvalidUtf8_EqualsNoText(string hex) => Assert.False(Utf8Text.AreEqual(Convert.FromHexString(hex), "\uFFFD"));
}
