using Ropeway.TestKit.Faults;
using Xunit.Abstractions;

namespace Ropeway.Faults.Tests;

/// <summary>The disk loses what it should have made durable. <c>tests/long/failsync</c> does it for each of the first 200 syncs.</summary>
public sealed class FailSyncTests(ITestOutputHelper output)
{
    [FaultToolsTheory]
    [InlineData(2)] // The data directory's, when its first file got its name.
    [InlineData(8)] // The next journal file's.
    [InlineData(20)] // With the zeros that fill it.
    [InlineData(55)]
    [InlineData(125)] // Groups of messages.
    public void Broker_SyncFailsUnderLoad_EndsWithOneLineAndKeepsWhatItConfirmed(int sync)
    {
        FailSyncReport report = FailSyncRun.Execute(sync);

        output.WriteLine(report.ToString());
        Assert.NotNull(report.Failed);
        Assert.True(report.Violations.Count == 0, report.ToString());
    }
}
