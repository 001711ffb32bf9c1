using Ropeway.TestKit.Kills;

namespace Ropeway.TestKit.Faults;

/// <summary>The kill run with a power cut of a real file system in place of each kill: what had not reached the medium is gone.</summary>
public static class PowerCutRun
{
    private const long DiskBytes = 4L << 30; // Sparse.

    /// <summary>Runs it.</summary>
    /// <param name="kind"><c>ext4</c> or <c>xfs</c>.</param>
    /// <param name="cuts">How often the power fails.</param>
    /// <param name="seed">Everything random follows from it, except the threads' timing.</param>
    /// <param name="log">Receives a line for each cut.</param>
    public static KillReport Execute(string kind, int cuts, ulong seed, Action<string> log)
    {
        using LoopDisk disk = LoopDisk.Make(kind, DiskBytes);
        return KillRun.Execute(new KillOptions
        {
            Launch = disk.On(new BrokerLaunch { DataDirectory = "" }),
            Kills = cuts,
            Seed = seed,
            StartDeadline = 4 * TestDeadline.Value,
            Crash = disk.Cut,
            Log = line => log($"{kind}, seed {seed}: {line}"),
        });
    }
}
