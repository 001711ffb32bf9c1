using System.Reflection;
using System.Text.RegularExpressions;
using Ropeway.CommandLine;

namespace Ropeway.Server.Tests.Pages;

/// <summary>What the pages say about options and exit codes is what the code has. <c>ROPEWAY_WRITE_PAGES=1</c> writes the table of options anew.</summary>
public sealed partial class ConfigurationPageTests
{
    /// <summary>Options whose default is described, because no value says it.</summary>
    private static readonly string[] Described = ["listen", "tls-key", "tls-versions", "default-user", "default-pass", "default-vhost"];

    [Fact]
    public void Table_OfOptions_IsWhatTheCodeHas()
    {
        Page page = Page.At("docs/operations/configuration.md");
        if (Environment.GetEnvironmentVariable("ROPEWAY_WRITE_PAGES") == "1")
        {
            File.WriteAllText(page.FullPath, OptionTable.Replace(page.Text, OptionTable.Render()));
            page = Page.At(page.Path);
        }

        Assert.Equal(OptionTable.Render(), OptionTable.Read(page.Text));
    }

    [Fact]
    public void Default_OfEachOption_IsTheOneThatHolds() =>
        Assert.All(
            ServerOptionList.All.Where(option => option.DefaultText != "none" && !Described.Contains(option.Name)),
            option => Assert.Equal(new ServerOptions(), option.Apply(new ServerOptions(), [option.DefaultText])));

    [Theory]
    [InlineData(typeof(ExitCode), "## The broker does not start, or ends")]
    [InlineData(typeof(ClientExitCode), "## A command fails")]
    public void ExitCodes_All_AreInTheirTable(Type codes, string heading)
    {
        string text = Page.At("docs/operations/troubleshooting.md").Text;
        string section = text[text.IndexOf(heading + "\n", StringComparison.Ordinal)..][heading.Length..].Split("\n## ")[0];
        IEnumerable<int> expected = codes.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (int)field.GetRawConstantValue()!);
        Assert.Equal(expected.Order(), CodeRow().Matches(section).Select(row => int.Parse(row.Groups["code"].Value, System.Globalization.CultureInfo.InvariantCulture)).Order());
    }

    [GeneratedRegex(@"^\| (?<code>[0-9]+) \|", RegexOptions.Multiline)]
    private static partial Regex CodeRow();
}
