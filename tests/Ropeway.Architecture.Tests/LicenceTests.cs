using System.Xml.Linq;

namespace Ropeway.Architecture.Tests;

/// <summary>Every package is listed with its licence.</summary>
public sealed class LicenceTests
{
    [Fact]
    public void Packages_All_AreInTheListOfLicences()
    {
        string list = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "licences.md"));
        IEnumerable<string> missing = XDocument.Load(Path.Combine(SourceTree.Root, "Directory.Packages.props"))
            .Descendants("PackageVersion")
            .Select(package => (string)package.Attribute("Include")!)
            .Where(name => !list.Contains($"| {name} |", StringComparison.Ordinal));
        Assert.Empty(missing);
    }
}
