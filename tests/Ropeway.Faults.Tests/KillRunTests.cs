using System.Globalization;
using System.Security.Cryptography;
using Ropeway.TestKit;
using Ropeway.TestKit.Kills;
using Xunit.Abstractions;

namespace Ropeway.Faults.Tests;

/// <summary>
/// kill -9 under load. <c>ROPEWAY_KILLS=500 ROPEWAY_SEED=1 dotnet test tests/Ropeway.Faults.Tests --filter KillRunTests</c> is a longer
/// run, or one repeated; <c>tests/long/kills</c> is the same with a line for each kill.
/// </summary>
public sealed class KillRunTests(ITestOutputHelper output)
{
    private const int KillsInCi = 25;
    private const int DeclarationsInCi = 6;

    [Fact]
    public void Broker_KilledUnderLoad_KeepsEveryPromise()
    {
        using var directory = new TemporaryDirectory();
        var options = new KillOptions
        {
            Launch = BrokerLaunch.FromEnvironment(directory.Path),
            Kills = (int)Setting("ROPEWAY_KILLS", KillsInCi),
            Seed = Setting("ROPEWAY_SEED", BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4))),
            Log = output.WriteLine,
        };

        KillReport report = KillRun.Execute(options);

        output.WriteLine(report.ToString());
        Assert.True(report.Violations.Count == 0, report.ToString());
        Assert.True(report.InFlightPerKill.Count(inFlight => inFlight > 0) >= options.Kills);
        Assert.All(report.ConfirmedPerKill, confirmed => Assert.True(confirmed >= options.ConfirmedMin));
        Assert.True(report.TopologyChecks > 0);
    }

    [Fact]
    public void Broker_KilledAfterDeclarations_KeepsThem()
    {
        using var directory = new TemporaryDirectory();
        ulong seed = Setting("ROPEWAY_SEED", BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)));
        output.WriteLine($"seed {seed}");

        DeclarationRun.Execute(BrokerLaunch.FromEnvironment(directory.Path), DeclarationsInCi, seed, output.WriteLine);
    }

    private static ulong Setting(string name, ulong fallback) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? ulong.Parse(value, CultureInfo.InvariantCulture) : fallback;
}
