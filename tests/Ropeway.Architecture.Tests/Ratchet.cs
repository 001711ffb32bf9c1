namespace Ropeway.Architecture.Tests;

/// <summary>
/// The violations that are known and wait to be mended, in <c>ratchet.txt</c>. The list may only shrink: a violation that is
/// not in it fails the test, and so does an entry that is not violated any more.
/// </summary>
internal static class Ratchet
{
    private static readonly string File = System.IO.Path.Combine(SourceTree.Root, "tests", "Ropeway.Architecture.Tests", "ratchet.txt");

    public static void Check(string rule, IEnumerable<Violation> violations)
    {
        var known = System.IO.File.ReadAllLines(File).Where(line => line.StartsWith(rule + " ", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        var found = violations.ToList();
        var unknown = found.Where(violation => !known.Contains(violation.Key(rule))).Select(violation => $"{violation.Key(rule)}: {violation.Detail}");
        var mended = known.Except(found.Select(violation => violation.Key(rule)), StringComparer.Ordinal).Select(line => $"{line}: mended, remove it from ratchet.txt");
        string report = string.Join(Environment.NewLine, unknown.Concat(mended));
        Assert.True(report.Length == 0, Environment.NewLine + report);
    }
}
