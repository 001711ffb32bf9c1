using Ropeway.Tests;

namespace Ropeway.Server.Tests.Pages;

/// <summary>A page of the documentation.</summary>
/// <param name="Path">Below the repository's root, with slashes.</param>
/// <param name="Text">As it is in the file.</param>
internal sealed record Page(string Path, string Text)
{
    /// <summary>The pages for operators.</summary>
    public static IReadOnlyList<Page> Operations { get; } = [.. ReadFolder("docs/operations")];

    /// <summary>Every page of the project.</summary>
    public static IReadOnlyList<Page> All { get; } =
        [.. Directory.GetFiles(RepositoryRoot.Path, "*.md").Select(Read), .. ReadFolder("docs")];

    /// <summary>The file.</summary>
    public string FullPath => System.IO.Path.Combine(RepositoryRoot.Path, Path);

    /// <summary>The page at <paramref name="path"/> below the repository's root.</summary>
    public static Page At(string path) => Read(System.IO.Path.Combine(RepositoryRoot.Path, path));

    /// <summary>All lines, and whether they are in a block of code: fenced, or indented by four spaces behind an empty line.</summary>
    public IEnumerable<(string Text, bool IsCode)> Lines()
    {
        bool isFenced = false;
        bool isIndented = false;
        string before = string.Empty;
        foreach (string line in Text.Split('\n'))
        {
            bool isFence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            isFenced ^= isFence;
            isIndented = !isFenced && line.StartsWith("    ", StringComparison.Ordinal) && (isIndented || before.Length == 0);
            before = line;
            if (!isFence)
            {
                yield return (line, isFenced || isIndented);
            }
        }
    }

    private static IEnumerable<Page> ReadFolder(string folder) => Directory
        .GetFiles(System.IO.Path.Combine(RepositoryRoot.Path, folder), "*.md", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(Read);

    private static Page Read(string path) =>
        new(System.IO.Path.GetRelativePath(RepositoryRoot.Path, path).Replace('\\', '/'), File.ReadAllText(path));
}
