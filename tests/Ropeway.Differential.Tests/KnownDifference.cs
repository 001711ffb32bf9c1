namespace Ropeway.Differential.Tests;

/// <summary>An entry of differences.txt: a conversation in which Ropeway answers otherwise than RabbitMQ, and why.</summary>
/// <param name="Reason">Why; "not yet: ..." for what is not built.</param>
/// <param name="Lines">The difference as <see cref="TranscriptDiff"/> writes it; of what is not built yet none is kept, as it changes with every step.</param>
public sealed record KnownDifference(string Reason, IReadOnlyList<string> Lines)
{
    private const string Heading = "== ";

    /// <summary>It is a feature that is not built.</summary>
    public bool IsNotYet => Reason.StartsWith("not yet: ", StringComparison.Ordinal);

    /// <summary>Ropeway says nothing where RabbitMQ answers, or may say nothing because the feature is not built.</summary>
    public bool HasSilence => IsNotYet || Lines.Any(line => line.StartsWith("+ < nothing", StringComparison.Ordinal));

    /// <summary>Reads sections: a heading with the conversation's name, a line with the reason, the lines of the difference. <c>#</c> begins a comment.</summary>
    public static IReadOnlyDictionary<string, KnownDifference> Parse(IEnumerable<string> lines)
    {
        var found = new Dictionary<string, KnownDifference>(StringComparer.Ordinal);
        string? name = null;
        string? reason = null;
        List<string> difference = [];
        foreach (string line in lines.Where(line => line.Length > 0 && line[0] != '#').Append(Heading))
        {
            if (line.StartsWith(Heading, StringComparison.Ordinal))
            {
                if (name is not null)
                {
                    found.Add(name, new KnownDifference(reason ?? throw new FormatException($"'{name}' has no reason."), difference));
                }

                (name, reason, difference) = (line[Heading.Length..], null, []);
            }
            else if (reason is null)
            {
                reason = line;
            }
            else
            {
                difference.Add(line);
            }
        }

        return found;
    }
}
