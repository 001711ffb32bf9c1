using Ropeway.TestKit;
using Ropeway.TestKit.Long;
using Xunit.Abstractions;

namespace Ropeway.Faults.Tests;

/// <summary>The backlog run in small; <c>tests/long/backlog</c> is the run with ten million messages.</summary>
public sealed class BacklogTests(ITestOutputHelper output)
{
    [Fact]
    public void Backlog_QueuedKilledAndDrained_IsCompleteInOrderAndUnflagged()
    {
        using var directory = new TemporaryDirectory();

        BacklogReport report = BacklogRun.Execute(new BacklogOptions
        {
            Launch = BrokerLaunch.FromEnvironment(directory.Path),
            MessageCount = 300_000,
            Log = output.WriteLine,
        });

        Assert.True(report.DirectoryBytes > 0);
    }
}
