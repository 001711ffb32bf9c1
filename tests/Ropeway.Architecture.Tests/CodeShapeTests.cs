using System.Text.RegularExpressions;

namespace Ropeway.Architecture.Tests;

/// <summary>Sizes and names, as docs/CONTRIBUTING.md gives them.</summary>
public sealed partial class CodeShapeTests
{
    private const int FileLinesMax = 800;
    private const int MethodLinesMax = 70;
    private const int ParametersMax = 6;

    private static readonly string[] BannedSuffixes = ["Manager", "Helper", "Helpers", "Util", "Utils", "Common", "Misc", "Impl", "Info", "Data"];

    /// <summary>Files that hold no type of their own.</summary>
    private static readonly string[] FilesWithoutType = ["Program", "GlobalUsings", "AssemblyAttributes"];

    [Fact]
    public void Files_Length_IsBounded() => Ratchet.Check("file-length", SourceTree.Files
        .Select(file => (file.Path, Lines: file.Text.AsSpan().Count('\n')))
        .Where(file => file.Lines > FileLinesMax)
        .Select(file => new Violation(file.Path, "lines", $"{file.Lines} lines, at most {FileLinesMax} are allowed")));

    [Fact]
    public void Methods_Length_IsBounded() => Ratchet.Check("method-length", Methods()
        .Where(found => found.Method.LineCount > MethodLinesMax)
        .Select(found => new Violation(found.File.Path, found.Method.Name, $"{found.Method.LineCount} lines, at most {MethodLinesMax} are allowed")));

    [Fact]
    public void Methods_ParameterCount_IsBounded() => Ratchet.Check("parameters", Methods()
        .Where(found => found.Method.ParameterCount > ParametersMax)
        .Select(found => new Violation(found.File.Path, found.Method.Name, $"{found.Method.ParameterCount} parameters, at most {ParametersMax} are allowed")));

    [Fact]
    public void Files_Types_OneEachAndNamedAfterIt() => Ratchet.Check("one-type", SourceTree.Files
        .Select(file => (File: file, Types: Declarations.Of(file.Code).Types.Where(type => !type.IsNested).Select(type => type.Name).ToList()))
        .Where(found => !(found.Types.Count == 1 && found.Types[0] == found.File.Name) && !(found.Types.Count == 0 && FilesWithoutType.Contains(found.File.Name)))
        .Select(found => new Violation(found.File.Path, string.Join(',', found.Types), "a file holds one type and is named after it")));

    [Fact]
    public void Types_Names_SayWhatTheyAre() => Ratchet.Check("name", SourceTree.Files
        .SelectMany(file => Declarations.Of(file.Code).Types
            .Where(type => BannedSuffixes.Any(suffix => type.Name.EndsWith(suffix, StringComparison.Ordinal)))
            .Select(type => new Violation(file.Path, type.Name, $"a name must not end in one of {string.Join(", ", BannedSuffixes)}"))));

    [Fact]
    public void Comments_ToDo_CarryAnIssueNumber() => Ratchet.Check("to-do", SourceTree.Files
        .SelectMany(file => ToDo().Matches(file.Text)
            .Select(match => new Violation(file.Path, match.Value.Trim(), "work left for later carries the number of its issue, as in (#12)"))));

    private static IEnumerable<(SourceFile File, DeclaredMethod Method)> Methods() =>
        SourceTree.Files.SelectMany(file => Declarations.Of(file.Code).Methods.Select(method => (file, method)));

    [GeneratedRegex(@"//.*\b(?:TO[D]O|FIX[M]E|HA[C]K)\b(?!\s*\(#\d+\)).*")]
    private static partial Regex ToDo();
}
