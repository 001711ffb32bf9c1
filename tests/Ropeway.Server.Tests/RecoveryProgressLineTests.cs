using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Ropeway.Server.Tests;

public sealed class RecoveryProgressLineTests
{
    [Fact]
    public void Report_ManyTimes_LogsOnceASecondAndNotAtOnce()
    {
        var time = new FakeTimeProvider();
        var log = new LineLog();
        var progress = new RecoveryProgressLine(log, time);
        for (int i = 0; i < 25; i++)
        {
            progress.Report(i * 4L * 1024 * 1024, 100L * 1024 * 1024);
            time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(["Recovering: 40 of 100 MiB (40 %).", "Recovering: 80 of 100 MiB (80 %)."], log.Lines);
    }
}
