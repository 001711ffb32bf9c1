using Ropeway.TestKit.Conversations;

namespace Ropeway.Differential.Tests;

/// <summary>The files of this suite: the conversations, what RabbitMQ answered in them, and where Ropeway answers something else.</summary>
public static class Suite
{
    /// <summary>All conversations.</summary>
    public static IReadOnlyList<Conversation> Conversations { get; } = Conversation.LoadAll(PathOf("conversations"));

    /// <summary>RabbitMQ's answers; <c>tests/suites/record</c> renews them.</summary>
    public static Recording RabbitMq { get; } = Recording.Load(PathOf("rabbitmq.txt"));

    /// <summary>Where Ropeway answers something else.</summary>
    public static IReadOnlyDictionary<string, KnownDifference> Differences { get; } = KnownDifference.Parse(File.ReadLines(PathOf("differences.txt")));

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, name);
}
