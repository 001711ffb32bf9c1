using Ropeway.TestKit.Api;

namespace Ropeway.Differential.Tests;

/// <summary>The files about the management API: the requests, what RabbitMQ answered, where Ropeway answers something else, and RabbitMQ's list of endpoints.</summary>
public static class ApiSuite
{
    /// <summary>The requests.</summary>
    public static IReadOnlyList<ApiCall> Calls { get; } = ApiCall.Load(PathOf("requests.txt"));

    /// <summary>RabbitMQ's answers; <c>tests/suites/record-api</c> renews them.</summary>
    public static ApiRecording RabbitMq { get; } = ApiRecording.Load(PathOf("rabbitmq.txt"));

    /// <summary>Where Ropeway answers something else.</summary>
    public static IReadOnlyDictionary<string, KnownDifference> Differences { get; } = KnownDifference.Parse(File.ReadLines(PathOf("differences.txt")));

    /// <summary>Names of fields that Ropeway does not have.</summary>
    public static IReadOnlySet<string> AbsentFields { get; } = LinesOf("absent.txt")
        .Where(line => !line.StartsWith("== ", StringComparison.Ordinal))
        .SelectMany(line => line.Split(' '))
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>Endpoints that Ropeway does not have.</summary>
    public static IReadOnlyList<string> MissingEndpoints { get; } = [.. LinesOf("missing.txt").Select(line => line.Split(": ")[0])];

    /// <summary>RabbitMQ's endpoints: <c>METHOD PATH</c>, with what stands for any text in braces.</summary>
    public static IReadOnlyList<string> Endpoints { get; } = LinesOf("endpoints.txt");

    /// <summary>What RabbitMQ answers and Ropeway does not, and what is of another type. What Ropeway adds to an object does not count, nor do <see cref="AbsentFields"/>.</summary>
    public static IReadOnlyList<string> Compare(IReadOnlyList<string> rabbit, IReadOnlyList<string> ropeway)
    {
        var lost = new List<string>();
        foreach (string line in rabbit.Except(ropeway, StringComparer.Ordinal).Where(line => !FieldsOf(line).Any(AbsentFields.Contains)))
        {
            string key = KeyOf(line);
            string[] others = [.. ropeway.Where(other => KeyOf(other) == key)];
            lost.Add("- " + line);
            lost.AddRange(others.Except(rabbit, StringComparer.Ordinal).Select(other => "+ " + other));
        }

        return [.. lost.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The names on the way to the field that a line of a shape is about.</summary>
    public static IEnumerable<string> FieldsOf(string line) => KeyOf(line).Replace("[]", string.Empty, StringComparison.Ordinal).Split('.');

    private static string KeyOf(string line) => line[..line.LastIndexOf(' ')];

    private static string[] LinesOf(string name) => [.. File.ReadLines(PathOf(name)).Where(line => line.Length > 0 && line[0] != '#')];

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "api", name);
}
