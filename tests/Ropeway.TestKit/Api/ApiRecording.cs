namespace Ropeway.TestKit.Api;

/// <summary>What a broker answered to each request, as a file: the broker's name in the first line, then a section for each request.</summary>
/// <param name="Broker">Name and version.</param>
/// <param name="Answers">Status and shape by <see cref="ApiCall.Name"/>.</param>
public sealed record ApiRecording(string Broker, IReadOnlyDictionary<string, IReadOnlyList<string>> Answers)
{
    private const string Heading = "== ";

    /// <summary>Plays a script.</summary>
    public static async Task<ApiRecording> TakeAsync(IReadOnlyList<ApiCall> calls, ApiPlayer player, string brokerName)
    {
        var answers = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (ApiCall call in calls)
        {
            answers.Add(call.Name, await player.PlayAsync(call));
        }

        return new ApiRecording(brokerName, answers);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static ApiRecording Load(string path)
    {
        string[] lines = File.ReadAllLines(path);
        var answers = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        List<string> section = [];
        foreach (string line in lines.Skip(1).Where(line => line.Length > 0))
        {
            if (line.StartsWith(Heading, StringComparison.Ordinal))
            {
                section = [];
                answers.Add(line[Heading.Length..], section);
            }
            else
            {
                section.Add(line);
            }
        }

        return new ApiRecording(lines[0], answers);
    }

    /// <summary>Writes it in the order of the script.</summary>
    public void Save(string path, IReadOnlyList<ApiCall> calls) =>
        File.WriteAllLines(path, [Broker, .. calls.SelectMany(call => (string[])["", Heading + call.Name, .. Answers[call.Name]])]);
}
