using Ropeway.TestKit;
using Ropeway.TestKit.Conversations;

namespace Ropeway.Differential.Tests;

/// <summary>The Ropeway that the conversations share, and one of its own for each that ends its broker.</summary>
public sealed class SharedBroker : IDisposable
{
    /// <summary>Short, for Ropeway answers at once or, where a feature is not built yet, never.</summary>
    private const int TimeoutMs = 2000;

    private readonly TemporaryDirectory _directory = new();
    private readonly BrokerProcess _process;

    public SharedBroker() => _process = Launch(_directory);

    /// <summary>Plays it and gives the transcript.</summary>
    public IReadOnlyList<string> Play(Conversation conversation)
    {
        if (!conversation.StopsBroker)
        {
            return ConversationPlayer.Play(conversation, new PlayOptions(_process.Endpoint, TimeoutMs));
        }

        using var directory = new TemporaryDirectory();
        using BrokerProcess own = Launch(directory);
        return ConversationPlayer.Play(conversation, new PlayOptions(own.Endpoint, TestDeadline.Milliseconds, own.RequestStop));
    }

    public void Dispose()
    {
        _process.Dispose();
        _directory.Dispose();
    }

    private static BrokerProcess Launch(TemporaryDirectory directory) => BrokerProcess.Start(new BrokerLaunch { DataDirectory = directory.Path });
}
