namespace Ropeway.Architecture.Tests;

/// <summary>A C# file of the repository.</summary>
/// <param name="Path">Relative to the repository, with forward slashes.</param>
/// <param name="Text">As it stands.</param>
/// <param name="Code">The same text with comments and the insides of literals blanked, line by line equal.</param>
internal sealed record SourceFile(string Path, string Text, string Code)
{
    /// <summary>The project's folder name, for example <c>Ropeway.Core</c>.</summary>
    public string Project => Path.Split('/')[1];

    /// <summary>File name without folders and without anything from the first dot on.</summary>
    public string Name => System.IO.Path.GetFileName(Path).Split('.')[0];

    /// <summary>Whether it ships.</summary>
    public bool IsShipped => Path.StartsWith("src/", StringComparison.Ordinal);
}
