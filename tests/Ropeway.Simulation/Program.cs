using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Ropeway.Simulation;
using Ropeway.Simulation.Broken;

const string Usage = """
    simulation [MINUTES]                    fresh seeds for so long; default 10
    simulation --seeds COUNT [--from SEED]  so many, from a fresh seed or the given one on
    simulation --seed SEED [--trace]        this one; with everything that happens
    simulation --broken                     how many seeds it takes to notice each rule that is broken on purpose
    """;

try
{
    switch (args)
    {
        case ["--seed", string seed, .. string[] rest] when rest is [] or ["--trace"]:
            return Replay(Number(seed), isTraced: rest.Length > 0);
        case ["--seeds", string count]:
            return RunMany(FreshSeed(), (long)Number(count), TimeSpan.MaxValue);
        case ["--seeds", string count, "--from", string seed]:
            return RunMany(Number(seed), (long)Number(count), TimeSpan.MaxValue);
        case ["--broken"]:
            return MeasureBroken();
        case []:
            return RunMany(FreshSeed(), long.MaxValue, TimeSpan.FromMinutes(10));
        case [string minutes]:
            return RunMany(FreshSeed(), long.MaxValue, TimeSpan.FromMinutes(Number(minutes)));
    }
}
catch (FormatException)
{
    // As if there had been no such argument.
}

Console.Error.WriteLine(Usage);
return 2;

static ulong Number(string text) => ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

static ulong FreshSeed() => BinaryPrimitives.ReadUInt32LittleEndian(RandomNumberGenerator.GetBytes(sizeof(uint))) * 1_000_000UL;

static int Replay(ulong seed, bool isTraced)
{
    Verdict verdict = Simulation.Run(seed, trace: isTraced ? Console.Out : null);
    Console.WriteLine(verdict.Violation is null ? string.Create(CultureInfo.InvariantCulture, $"Seed {seed}: all promises kept, history {verdict.Hash:x16}") : verdict);
    return verdict.Violation is null ? 0 : 1;
}

static int RunMany(ulong first, long countMax, TimeSpan timeMax)
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Seeds from {first} on"));
    var watch = Stopwatch.StartNew();
    TimeSpan usedBefore = Environment.CpuUsage.TotalTime;
    var run = new SeedRun(first);
    run.Run(countMax, timeMax, onFailure: Console.WriteLine);
    Console.WriteLine(run.Coverage);
    double seconds = watch.Elapsed.TotalSeconds;
    double usedMs = (Environment.CpuUsage.TotalTime - usedBefore).TotalMilliseconds / run.Count;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{run.Count} seeds in {seconds:f0} s, {run.Count / seconds:f1} a second, {usedMs:f1} ms of a processor each; {run.Failures.Count} failed"));
    return run.Failures.Count == 0 ? 0 : 1;
}

static int MeasureBroken()
{
    const int Samples = 20;
    const ulong Apart = 1_000_000;
    foreach (BrokenRule rule in BrokenRule.All)
    {
        List<int> counts = [];
        for (ulong sample = 0; sample < Samples; sample++)
        {
            int count = 1;
            for (ulong seed = sample * Apart; Simulation.Run(seed, makeDisk: rule.MakeDisk).Violation is null; seed++)
            {
                count++;
            }

            counts.Add(count);
        }

        counts.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rule.Name}: noticed after {counts[Samples / 2]} seeds, at most {counts[^1]} (median and largest of {Samples})"));
    }

    return 0;
}
