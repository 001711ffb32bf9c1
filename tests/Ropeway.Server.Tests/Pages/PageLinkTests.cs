using System.Text;
using System.Text.RegularExpressions;

namespace Ropeway.Server.Tests.Pages;

/// <summary>Links inside of the documentation lead to files and headings that are there.</summary>
public sealed partial class PageLinkTests
{
    [Fact]
    public void Links_OfEveryPage_LeadSomewhere() =>
        Assert.Empty(Page.All.SelectMany(page => LinksOf(page).Where(link => LeadsNowhere(page, link)).Select(link => $"{page.Path}: {link}")));

    [Fact]
    public void Index_OfTheGuide_NamesEveryPageOfIt()
    {
        IEnumerable<string> linked = LinksOf(Page.At("docs/operations/README.md")).Select(link => link.Split('#')[0]).Append("README.md");
        Assert.Empty(Page.Operations.Select(page => Path.GetFileName(page.Path)).Except(linked, StringComparer.Ordinal));
    }

    private static IEnumerable<string> LinksOf(Page page) => page.Lines()
        .Where(line => !line.IsCode)
        .SelectMany(line => Link().Matches(InlineCode().Replace(line.Text, string.Empty)))
        .Select(match => match.Groups[1].Value)
        .Where(link => !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith("mailto:", StringComparison.Ordinal));

    private static bool LeadsNowhere(Page page, string link)
    {
        string[] parts = link.Split('#', 2);
        string target = parts[0].Length == 0 ? page.FullPath : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page.FullPath)!, parts[0]));
        return parts.Length == 1
            ? !Path.Exists(target)
            : !File.Exists(target) || !Page.At(target).Lines().Any(line => !line.IsCode && line.Text.StartsWith('#') && Anchor(line.Text.TrimStart('#').Trim()) == parts[1]);
    }

    /// <summary>The address of a heading, as GitHub and GitLab make it.</summary>
    private static string Anchor(string heading)
    {
        var anchor = new StringBuilder();
        foreach (char one in heading.ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(one) || one is '-' or '_' or ' ')
            {
                anchor.Append(one == ' ' ? '-' : one);
            }
        }

        return anchor.ToString();
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex InlineCode();
}
