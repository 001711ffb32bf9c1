using System.Globalization;
using Ropeway.Simulation.Steps;

namespace Ropeway.Simulation;

public sealed class SimulationTests
{
    private const int SeedCount = 1000;

    /// <summary>What must occur in a run of many seeds: operations, faults, and what the store does by itself.</summary>
    private static readonly string[] Occurrences =
    [
        "publish", "publish to several", "publish to a queue that is not durable", "publish transient", "publish large body", "publish with priority", "publish with delay", "publish to a stream", "publish to a queue with retry", "publish with id", "publish to a queue with groups", "duplicate", "transaction",
        "delivery", "delivery by priority", "delivery in its time", "delivery of a stream", "delivery past a held group", "delivery after a retry's delay", "read a stream", "redelivery", "dead letter", "consume", "cancel", "get", "ack", "requeue", "reject", "purge",
        "declare", "delete", "bind", "unbind", "policy change", "publishers wait",
        "power cut", "kill", "clean stop", "crash while opening", "lost or torn writes", "write error", "sync error", "read error", "other error",
        "full disk", "no space", "slow disk", "clock stepped back", "clock stepped forward",
        "journal wrap", "journal file", "move to segments", "spill", "rewrite", "checkpoint", "cold read", "letter of an expired message", "letter of one too many", "letter of a rejected message",
    ];

    [Fact]
    public void Run_ManySeeds_KeepsAllPromises()
    {
        var run = new SeedRun(first: 1);
        run.Run(SeedCount, TimeSpan.MaxValue);
        Assert.True(run.Failures.Count == 0, string.Join('\n', run.Failures));
        Assert.Equal(SeedCount, run.Count);
        string[] missing = [.. Occurrences.Where(what => run.Coverage[what] == 0)];
        Assert.True(missing.Length == 0, $"It never happened: {string.Join(", ", missing)}");
    }

    [Fact]
    public void Run_SeedsThatFailedOnce_KeepAllPromises()
    {
        foreach (ulong seed in ReadSeeds())
        {
            Verdict verdict = Simulation.Run(seed);
            Assert.True(verdict.Violation is null, verdict.ToString());
        }
    }

    [Fact]
    public void Run_SameSeed_IsTheSameHistory()
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            var first = new StringWriter();
            var second = new StringWriter();
            ulong hash = Simulation.Run(seed, trace: first).Hash;
            Assert.Equal(hash, Simulation.Run(seed, trace: second).Hash);
            Assert.Equal(first.ToString(), second.ToString());
            Assert.NotEqual(hash, Simulation.Run(seed + 1000).Hash);
        }
    }

    [Fact]
    public void Run_OneSeed_HasManyOperationsAndCrashes()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var coverage = new Coverage();
            Simulation.Run(seed, coverage);
            Assert.True(coverage["operation"] >= 500, $"Seed {seed} has {coverage["operation"]} operations.");
            Assert.True(coverage["power cut"] + coverage["kill"] + coverage["end by error"] >= 3, $"Seed {seed} has too few crashes.");
        }
    }

    /// <summary>The first word of each line that is no remark.</summary>
    private static IEnumerable<ulong> ReadSeeds() => File.ReadLines(Path.Combine(AppContext.BaseDirectory, "seeds.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => ulong.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture));
}
