using System.Text.RegularExpressions;

namespace Ropeway.Server.Tests.Pages;

/// <summary>A command line with <c>ropeway</c> in a block of code of a page.</summary>
/// <param name="Line">As it is written, parts that were continued on the next line joined.</param>
/// <param name="Arguments">What the program gets.</param>
/// <param name="Answer">The line behind it, which may be what the program says.</param>
internal sealed partial record PageCommand(string Line, string[] Arguments, string Answer)
{
    /// <summary>All of a page: lines that begin with the name, or with a prompt and the name.</summary>
    public static IEnumerable<PageCommand> Of(Page page)
    {
        (string Text, bool IsCode)[] lines = [.. page.Lines()];
        string continued = string.Empty;
        for (int at = 0; at < lines.Length; at++)
        {
            string line = continued + lines[at].Text.Trim();
            continued = lines[at].IsCode && line.EndsWith('\\') ? line[..^1] : string.Empty;
            if (lines[at].IsCode && continued.Length == 0 && Find(line) is { } command)
            {
                yield return new PageCommand(line, [.. Split(command)], at + 1 < lines.Length ? lines[at + 1].Text : string.Empty);
            }
        }
    }

    private static string? Find(string line)
    {
        Match found = Command().Match(line);
        return found.Success && !line.StartsWith("ropeway ready ", StringComparison.Ordinal) ? found.Groups[1].Value : null;
    }

    /// <summary>As a shell does: quotes, and an end at a comment, a pipe, a redirection or another command.</summary>
    private static IEnumerable<string> Split(string command) =>
        Word().Matches(Simple().Match(command).Value).Select(word => word.Value.Replace("'", string.Empty, StringComparison.Ordinal).Replace("\"", string.Empty, StringComparison.Ordinal));

    /// <summary>A prompt, another user, variables for this command only, and a path may stand before the name; a word or an option is behind it, while what programs write goes on otherwise.</summary>
    [GeneratedRegex(@"^(?:\$ )?(?:sudo (?:-u \w+ )?)?(?:[A-Z_]+=\S* )*(?:\S*/)?ropeway ((?:-|[a-z_]+(?: |$)).*)$")]
    private static partial Regex Command();

    [GeneratedRegex(@"^(?:'[^']*'|""[^""]*""|[^'""|<>&;#]|(?<=\S)#)*")]
    private static partial Regex Simple();

    [GeneratedRegex(@"(?:'[^']*'|""[^""]*""|[^\s'""])+")]
    private static partial Regex Word();
}
