using Ropeway.TestKit;
using Ropeway.TestKit.Long;
using Xunit.Abstractions;

namespace Ropeway.Faults.Tests;

/// <summary>The queues run in small; <c>tests/long/queues</c> is the run with 100,000 queues, and the one that judges the figures.</summary>
public sealed class QueuesTests(ITestOutputHelper output)
{
    [Fact]
    public void Queues_KilledAndStopped_KeepAllBindingsAndAreDeleted()
    {
        using var directory = new TemporaryDirectory();

        IReadOnlyList<Figure> figures = QueuesRun.Execute(new QueuesOptions
        {
            Launch = BrokerLaunch.FromEnvironment(directory.Path),
            QueueCount = 500,
            RoutedCount = 2000,
            SettlingTime = TimeSpan.Zero,
            Log = output.WriteLine,
        });

        Assert.Contains("deletions", figures[^1].Name, StringComparison.Ordinal);
    }
}
