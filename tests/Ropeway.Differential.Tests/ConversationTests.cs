using Ropeway.TestKit.Conversations;

namespace Ropeway.Differential.Tests;

/// <summary>In every conversation Ropeway answers as RabbitMQ did, but for the differences that are listed with a reason.</summary>
public sealed class ConversationTests(SharedBroker broker) : IClassFixture<SharedBroker>
{
    public static TheoryData<string> Names => [.. Suite.Conversations.Select(conversation => conversation.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Conversation_WithRopeway_IsAnsweredAsByRabbitMq(string name)
    {
        Conversation conversation = Suite.Conversations.Single(one => one.Name == name);

        IReadOnlyList<string> found = TranscriptDiff.Between(Suite.RabbitMq.Transcripts[name], broker.Play(conversation));

        string section = $"\n== {name}\nreason\n{string.Join('\n', found)}\n";
        if (!Suite.Differences.TryGetValue(name, out KnownDifference? known))
        {
            Assert.True(found.Count == 0, "Ropeway answers otherwise than RabbitMQ:" + section);
        }
        else if (known.IsNotYet)
        {
            Assert.True(found.Count > 0, "This works now. Remove it from differences.txt: " + known.Reason);
        }
        else
        {
            Assert.True(known.Lines.SequenceEqual(found), $"Not the difference that differences.txt lists ({known.Reason}):{section}");
        }
    }
}
