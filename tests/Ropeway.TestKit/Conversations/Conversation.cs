using System.Text;

namespace Ropeway.TestKit.Conversations;

/// <summary>A scripted conversation with a broker. The language of its lines is described in docs/testing.md.</summary>
/// <param name="Name">Unique among all conversations.</param>
/// <param name="Steps">Its lines, without comments and blank ones.</param>
public sealed record Conversation(string Name, IReadOnlyList<string> Steps)
{
    private const string Heading = "== ";

    /// <summary>What <c>$</c> stands for in its lines: a prefix that keeps its names apart from those of the others.</summary>
    public string Prefix { get; } = Slug(Name) + ".";

    /// <summary>It ends the broker, and so needs one of its own.</summary>
    public bool StopsBroker => Steps.Any(step => step.StartsWith("stop", StringComparison.Ordinal));

    /// <summary>Reads all <c>*.txt</c> of a directory, in the order of their names.</summary>
    public static IReadOnlyList<Conversation> LoadAll(string directory) =>
    [
        .. Directory.EnumerateFiles(directory, "*.txt").Order(StringComparer.Ordinal).SelectMany(path => Parse(File.ReadLines(path))),
    ];

    /// <summary>Reads sections with their headings <c>== name</c>; a line that begins with <c>#</c> is a comment.</summary>
    public static IReadOnlyList<Conversation> Parse(IEnumerable<string> lines)
    {
        var found = new List<Conversation>();
        List<string> steps = [];
        foreach (string line in lines.Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line.StartsWith(Heading, StringComparison.Ordinal))
            {
                steps = [];
                found.Add(new Conversation(line[Heading.Length..], steps));
            }
            else
            {
                steps.Add(line);
            }
        }

        return found;
    }

    private static string Slug(string name)
    {
        var slug = new StringBuilder();
        foreach (char letter in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(letter))
            {
                slug.Append(letter);
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        return slug.ToString().TrimEnd('-');
    }
}
