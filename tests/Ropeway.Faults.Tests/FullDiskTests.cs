using Ropeway.TestKit;
using Ropeway.TestKit.Faults;
using Xunit.Abstractions;

namespace Ropeway.Faults.Tests;

/// <summary>A full disk that is only played; <c>tests/long/fulldisk</c> fills a real one.</summary>
public sealed class FullDiskTests(ITestOutputHelper output)
{
    [FaultToolsFact]
    public void Broker_DiskRunsFull_TellsPublishersServesConsumersAndHeals()
    {
        using var directory = new TemporaryDirectory();

        FullDiskRun.Execute(new FullDiskOptions
        {
            Launch = new BrokerLaunch { DataDirectory = Path.Combine(directory.Path, "store") },
            Disk = new PlayedDisk(new DiskFaults(directory.Path)),
            Log = output.WriteLine,
        });
    }
}
