namespace Ropeway.Simulation;

/// <summary>How one simulation ended.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Violation">The promise that was broken; null when all were kept.</param>
/// <param name="Hash">Of everything that happened: the same for the same seed.</param>
/// <param name="Report">The last events.</param>
internal sealed record Verdict(ulong Seed, string? Violation, ulong Hash, string Report)
{
    public override string ToString() => $"Seed {Seed}: {Violation}\nReplay: tests/long/simulation --seed {Seed}\n{Report}";
}
