namespace Ropeway.TestKit.Conversations;

/// <summary>What a broker answered in each conversation, as a file: the broker's name in the first line, then a section for each conversation.</summary>
/// <param name="Broker">Name and version.</param>
/// <param name="Transcripts">The lines of each conversation by its name.</param>
public sealed record Recording(string Broker, IReadOnlyDictionary<string, IReadOnlyList<string>> Transcripts)
{
    private const string Heading = "== ";

    /// <summary>Plays all conversations with brokers that <paramref name="launch"/> starts: one for all, and one for each that ends its broker.</summary>
    public static Recording Take(IReadOnlyList<Conversation> conversations, Func<BrokerProcess> launch, string brokerName, int timeoutMs)
    {
        var transcripts = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        using (BrokerProcess shared = launch())
        {
            foreach (Conversation conversation in conversations.Where(one => !one.StopsBroker))
            {
                transcripts[conversation.Name] = ConversationPlayer.Play(conversation, new PlayOptions(shared.Endpoint, timeoutMs));
            }
        }

        foreach (Conversation conversation in conversations.Where(one => one.StopsBroker))
        {
            using BrokerProcess own = launch();
            transcripts[conversation.Name] = ConversationPlayer.Play(conversation, new PlayOptions(own.Endpoint, timeoutMs, own.RequestStop));
        }

        return new Recording(brokerName, transcripts);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static Recording Load(string path)
    {
        string[] lines = File.ReadAllLines(path);
        var transcripts = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        List<string> section = [];
        foreach (string line in lines.Skip(1).Where(line => line.Length > 0))
        {
            if (line.StartsWith(Heading, StringComparison.Ordinal))
            {
                section = [];
                transcripts.Add(line[Heading.Length..], section);
            }
            else
            {
                section.Add(line);
            }
        }

        return new Recording(lines[0], transcripts);
    }

    /// <summary>Writes it in the order of the conversations.</summary>
    public void Save(string path, IReadOnlyList<Conversation> conversations)
    {
        var lines = new List<string> { Broker };
        foreach (Conversation conversation in conversations)
        {
            lines.Add("");
            lines.Add(Heading + conversation.Name);
            lines.AddRange(Transcripts[conversation.Name]);
        }

        File.WriteAllLines(path, lines);
    }
}
