using Ropeway.TestKit;
using Ropeway.TestKit.Conversations;

namespace Ropeway.Differential.Tests;

/// <summary>The Ropeway that the conversations share, and one of its own for each that ends its broker.</summary>
public sealed class SharedBroker : IDisposable
{
    /// <summary>How long to wait where Ropeway is known to say nothing.</summary>
    private const int SilenceMs = 2000;

    private readonly TemporaryDirectory _directory = new();
    private readonly BrokerProcess _process;

    public SharedBroker() => _process = Launch(_directory);

    /// <summary>Plays it and gives the transcript.</summary>
    public IReadOnlyList<string> Play(Conversation conversation)
    {
        if (!conversation.StopsBroker)
        {
            bool waitsInVain = Suite.Differences.TryGetValue(conversation.Name, out KnownDifference? known) && known.HasSilence;
            return ConversationPlayer.Play(conversation, new PlayOptions(_process.Endpoint, waitsInVain ? SilenceMs : TestDeadline.Milliseconds));
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
