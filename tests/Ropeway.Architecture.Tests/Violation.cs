namespace Ropeway.Architecture.Tests;

/// <summary>A place that breaks a rule, in a form that survives unrelated edits: no line numbers.</summary>
/// <param name="Path">File, relative to the repository, with forward slashes.</param>
/// <param name="Subject">What in it: a type, a method, a reference.</param>
/// <param name="Detail">For the reader; not part of the identity.</param>
internal sealed record Violation(string Path, string Subject, string Detail)
{
    /// <summary>The line that stands for it in the ratchet file.</summary>
    public string Key(string rule) => $"{rule} {Path} {Subject}";
}
