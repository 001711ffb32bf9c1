namespace Ropeway.TestKit.Faults;

/// <summary>What a soak run does.</summary>
public sealed record SoakOptions
{
    /// <summary>How long the load lasts.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The faults follow from it.</summary>
    public required ulong Seed { get; init; }

    /// <summary>By how much memory, descriptors and threads may grow from the first fifth to the end, in percent.</summary>
    public double GrowthPercentMax { get; init; } = 5;

    /// <summary>Receives a line now and then.</summary>
    public Action<string> Log { get; init; } = _ => { };
}
