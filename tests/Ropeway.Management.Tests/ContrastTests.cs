using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Ropeway.Management.Files;

namespace Ropeway.Management.Tests;

/// <summary>Every colour of the web UI can be read on what lies below it (WCAG 2.2: 4.5 for text, 3 for lines that mean something), in both themes.</summary>
public sealed partial class ContrastTests
{
    private static readonly string Sheet = Encoding.UTF8.GetString(new WebFiles().Files["app.css"].Bytes);

    [Theory]
    [InlineData(":root {")]
    [InlineData(":root[data-theme=\"dark\"] {")]
    [InlineData(":root:not([data-theme=\"light\"]) {")]
    public void Tokens_CanBeReadOnTheirGrounds(string selector)
    {
        Dictionary<string, string> tokens = Tokens(selector);
        string[] grounds = ["bg", "surface", "sunken"];
        var failures = new List<string>();
        void Check(string ink, string ground, double least)
        {
            double ratio = Ratio(tokens[ink], tokens[ground]);
            if (ratio < least)
            {
                failures.Add(string.Create(CultureInfo.InvariantCulture, $"{ink} on {ground}: {ratio:F2}, not {least}"));
            }
        }

        foreach (string ground in grounds)
        {
            Check("text", ground, 7);
            Check("text2", ground, 4.5);
            Check("text3", ground, 4.5);
            Check("accent", ground, 4.5);
            Check("edge", ground, 3);
        }

        foreach (string tone in new[] { "ok", "warn", "bad", "accent" })
        {
            Check(tone, "surface", 4.5);
            Check(tone, tone + "-soft", 4.5);
        }

        foreach (string line in new[] { "in", "out", "waiting", "held", "dead" })
        {
            Check("chart-" + line, "surface", 3);
        }

        Check("accent-ink", "accent", 4.5);
        Check("surface", "bad", 4.5); // The text of a dangerous button.
        Check("text", "accent-soft", 4.5);
        Assert.Empty(failures);
    }

    [Fact]
    public void DarkThemes_BySystemAndByChoice_AreTheSame() => Assert.Equal(Tokens(":root[data-theme=\"dark\"] {"), Tokens(":root:not([data-theme=\"light\"]) {"));

    private static Dictionary<string, string> Tokens(string selector)
    {
        int start = Sheet.IndexOf(selector, StringComparison.Ordinal);
        Assert.True(start >= 0, $"no {selector}");
        string block = Sheet[start..Sheet.IndexOf('}', start)];
        return Token().Matches(block).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value, StringComparer.Ordinal);
    }

    /// <summary>WCAG's contrast ratio of two colours, 1 to 21.</summary>
    private static double Ratio(string first, string second)
    {
        double[] luminances = [Luminance(first), Luminance(second)];
        return (luminances.Max() + 0.05) / (luminances.Min() + 0.05);
    }

    private static double Luminance(string colour)
    {
        double Channel(int index)
        {
            double value = int.Parse(colour.AsSpan(index, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return value <= 0.03928 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Channel(0)) + (0.7152 * Channel(2)) + (0.0722 * Channel(4));
    }

    [GeneratedRegex("--([a-z0-9-]+): #([0-9A-F]{6})")]
    private static partial Regex Token();
}
