using System.Text;
using System.Text.RegularExpressions;
using Ropeway.Management.Files;

namespace Ropeway.Management.Tests;

/// <summary>Rules for the code of the web UI: nothing in it makes markup or code out of text.</summary>
public sealed partial class WebSourceTests
{
    private static readonly WebFiles Web = new();

    public static TheoryData<string> Names => [.. Web.Files.Keys.Where(name => name.EndsWith(".js", StringComparison.Ordinal) && !name.StartsWith("vendor/", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Source_UsesNothingThatIsBanned(string name)
    {
        string source = Text(name);

        Assert.Empty(Banned().Matches(source).Select(match => match.Value));
        Assert.DoesNotMatch("(sessionStorage|document\\.cookie)", source);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Source_IsOfReadableSize(string name) => Assert.InRange(Text(name).Count(character => character == '\n'), 1, 400);

    [Theory]
    [MemberData(nameof(Names))]
    public void Storage_HoldsPreferencesOnly(string name) =>
        Assert.All(Stored().Matches(Text(name)), match => Assert.True(match.Value.Contains("`ropeway.${key}`", StringComparison.Ordinal), $"{name}: {match.Value}"));

    [Fact]
    public void Pages_AreThoseThatTheServerKnows()
    {
        string[] paths = [.. PagePath().Matches(Text("app.js")).Select(match => match.Groups[1].Value.Split('/')[0]).Distinct().Order(StringComparer.Ordinal)];
        string[] modules = [.. PageModule().Matches(Text("app.js")).Select(match => $"pages/{match.Groups[1].Value}.js")];

        Assert.Equal(WebFiles.Pages.Order(StringComparer.Ordinal), paths);
        Assert.All(modules, module => Assert.True(Web.Files.ContainsKey(module), module));
        Assert.NotEmpty(modules);
    }

    private static string Text(string name) => Encoding.UTF8.GetString(Web.Files[name].Bytes);

    [GeneratedRegex("innerHTML|outerHTML|insertAdjacentHTML|unsafeHTML|unsafeSVG|document\\.write|\\beval\\b|new Function|javascript:|style=\"|\\son[a-z]+=[\"$]|https?://(?!www\\.w3\\.org)")]
    private static partial Regex Banned();

    [GeneratedRegex("localStorage\\.[a-zA-Z]+\\([^)]*\\)")]
    private static partial Regex Stored();

    [GeneratedRegex("\\{ path: '([^']*)'")]
    private static partial Regex PagePath();

    [GeneratedRegex("module: '([a-z-]+)'")]
    private static partial Regex PageModule();
}
