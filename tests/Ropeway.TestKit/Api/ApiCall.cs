namespace Ropeway.TestKit.Api;

/// <summary>A request of the management API as a script has it.</summary>
/// <param name="Name">The line itself; unique in its script.</param>
/// <param name="Method">GET, PUT, POST or DELETE.</param>
/// <param name="Path">With <c>{node}</c>, <c>{connection}</c> and <c>{channel}</c> for what each broker names in its own way.</param>
/// <param name="Body">JSON, the fields of a form, or null.</param>
public sealed record ApiCall(string Name, string Method, string Path, string? Body)
{
    /// <summary>Whether the body is a form: <c>name=value&amp;name=value</c>.</summary>
    public bool IsForm => Body is [not '{' and not '[', ..];

    /// <summary>The requests of a script: one a line, <c>METHOD PATH BODY</c>; <c>#</c> begins a comment.</summary>
    public static IReadOnlyList<ApiCall> Load(string path) => [.. File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#').Select(Parse)];

    private static ApiCall Parse(string line)
    {
        string[] parts = line.Split(' ', 3);
        return parts.Length >= 2 ? new ApiCall(line, parts[0], parts[1], parts.Length == 3 ? parts[2] : null) : throw new FormatException($"'{line}' is not METHOD PATH [BODY].");
    }
}
