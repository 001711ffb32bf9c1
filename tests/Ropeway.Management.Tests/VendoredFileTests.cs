using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Ropeway.Management.Files;

namespace Ropeway.Management.Tests;

/// <summary>What others have written is what its notes say, byte for byte.</summary>
public sealed partial class VendoredFileTests
{
    private static readonly WebFiles Web = new();
    private static readonly string Notes = Encoding.UTF8.GetString(Web.Files["VENDORED.md"].Bytes);

    public static TheoryData<string> Names => [.. Web.Files.Keys.Where(name => name.StartsWith("vendor/", StringComparison.Ordinal) && !name.EndsWith(".txt", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Names))]
    public void File_HasTheNotedHash(string name)
    {
        Match line = Regex.Match(Notes, $@"^\| `{Regex.Escape(name["vendor/".Length..])}` \|.*`([0-9a-f]{{64}})` \|$", RegexOptions.Multiline);

        Assert.True(line.Success, $"{name} is not noted");
        Assert.Equal(line.Groups[1].Value, Convert.ToHexStringLower(SHA256.HashData(Web.Files[name].Bytes)));
    }

    [Fact]
    public void Licences_AllLieBeside()
    {
        MatchCollection licences = Licence().Matches(Notes);

        Assert.NotEmpty(licences);
        Assert.All(licences, licence => Assert.True(Web.Files["vendor/" + licence.Value].Bytes.Length > 500));
    }

    [GeneratedRegex("[a-z]+\\.LICENSE\\.txt")]
    private static partial Regex Licence();
}
