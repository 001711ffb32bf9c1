using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Ropeway.Architecture.Tests;

/// <summary>Who may reference whom: the table in docs/architecture.md.</summary>
public sealed partial class ProjectReferenceTests
{
    private static readonly string[] OfProtocols = ["Transport", "Core", "Messages", "Security", "Buffers"];
    private static readonly string[] Everything = ["*"];

    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Buffers"] = [],
        ["Storage"] = ["Buffers"],
        ["Messages"] = ["Buffers"],
        ["Security"] = ["Buffers"],
        ["Core"] = ["Messages", "Storage", "Security", "Buffers"],
        ["Telemetry"] = [],
        ["Transport"] = ["Core", "Security", "Buffers"],
        ["Cluster"] = ["Core", "Storage", "Buffers"],
        ["CommandLine"] = ["Protocols.Amqp091", "Messages", "Buffers"],
        ["Management"] = ["Core", "Messages", "Security", "Buffers"],
        ["Embedded"] = Everything,
        ["Server"] = Everything,
    };

    [Fact]
    public void Projects_InSource_ReferenceOnlyWhatTheTableAllows() => Ratchet.Check("reference", SourceTree.Projects
        .Select(path => (Path: SourceTree.Relative(path), Xml: XDocument.Load(path)))
        .Where(project => project.Path.StartsWith("src/", StringComparison.Ordinal))
        .SelectMany(project => project.Xml.Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(((string)reference.Attribute("Include")!).Replace('\\', '/')))
            .Where(name => !IsAllowed(Short(project.Path.Split('/')[1]), Short(name)))
            .Select(name => new Violation(project.Path, name, "this reference is not in the table of docs/architecture.md"))));

    [Fact]
    public void Code_InSource_UsesOnlyNamespacesThatTheTableAllows() => Ratchet.Check("using", SourceTree.Files
        .Where(file => file.IsShipped)
        .SelectMany(file => UsedProjects(file)
            .Where(name => !IsAllowed(Short(file.Project), name))
            .Select(name => new Violation(file.Path, $"Ropeway.{name}", "this namespace is not in the table of docs/architecture.md"))));

    [Fact]
    public void Codecs_Pure_UseOnlyBuffersAndMessages() => Ratchet.Check("codec", SourceTree.Files
        .Where(file => file.IsShipped && file.Path.Contains("/Codec/", StringComparison.Ordinal))
        .SelectMany(file => RopewayName().Matches(file.Code)
            .Select(match => match.Groups[1].Value)
            .Distinct(StringComparer.Ordinal)
            .Where(name => name is not ("Buffers" or "Messages") && !IsOwnCodec(file, name))
            .Select(name => new Violation(file.Path, $"Ropeway.{name}", "a codec turns bytes into values and knows only Buffers and Messages"))));

    [Fact]
    public void Server_ByNobody_IsReferenced() => Ratchet.Check("server", SourceTree.Projects
        .Select(path => (Path: SourceTree.Relative(path), Text: File.ReadAllText(path)))
        .Where(project => project.Path.StartsWith("src/", StringComparison.Ordinal) && project.Text.Contains("Ropeway.Server.csproj", StringComparison.Ordinal))
        .Select(project => new Violation(project.Path, "Ropeway.Server", "nothing that ships may reference the executable")));

    private static bool IsAllowed(string project, string used)
    {
        if (project == used)
        {
            return true;
        }

        string[] allowed = project.StartsWith("Protocols.", StringComparison.Ordinal)
            ? OfProtocols
            : Allowed.GetValueOrDefault(project) ?? throw new InvalidOperationException($"The project Ropeway.{project} is not in the table: add it here and in docs/architecture.md.");
        return allowed == Everything || allowed.Contains(used, StringComparer.Ordinal);
    }

    private static IEnumerable<string> UsedProjects(SourceFile file) => RopewayName().Matches(file.Code)
        .Select(match => match.Groups[1].Value)
        .Select(name => name.StartsWith("Protocols.", StringComparison.Ordinal) ? string.Join('.', name.Split('.').Take(2)) : name.Split('.')[0])
        .Where(name => name == "Protocols" || name.StartsWith("Protocols.", StringComparison.Ordinal) || Allowed.ContainsKey(name))
        .Distinct(StringComparer.Ordinal);

    private static bool IsOwnCodec(SourceFile file, string name) =>
        name == $"{Short(file.Project)}.Codec" || name.StartsWith($"{Short(file.Project)}.Codec.", StringComparison.Ordinal) ||
        (name == Short(file.Project) && file.Code.Contains($"namespace Ropeway.{name};", StringComparison.Ordinal));

    private static string Short(string project) => project["Ropeway.".Length..];

    [GeneratedRegex(@"\bRopeway\.((?:\w+\.)*\w+)")]
    private static partial Regex RopewayName();
}
