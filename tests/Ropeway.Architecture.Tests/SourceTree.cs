namespace Ropeway.Architecture.Tests;

/// <summary>The repository's own files.</summary>
internal static class SourceTree
{
    private static readonly string[] Folders = ["src", "tests", "bench", "samples"];

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<SourceFile> Files { get; } =
        [.. Find("*.cs").Select(path => Read(path)).OrderBy(file => file.Path, StringComparer.Ordinal)];

    public static IEnumerable<string> Projects => Find("*.csproj");

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static IEnumerable<string> Find(string pattern) => Folders
        .Select(folder => Path.Combine(Root, folder))
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
        .Where(path => !Relative(path).Split('/').Any(part => part is "bin" or "obj"));

    private static SourceFile Read(string path)
    {
        string text = File.ReadAllText(path);
        return new SourceFile(Relative(path), text, CodeText.Blank(text));
    }

    private static string FindRoot()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Ropeway.slnx")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
