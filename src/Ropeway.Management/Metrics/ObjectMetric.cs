namespace Ropeway.Management.Metrics;

/// <summary>A measure that each object of a kind has.</summary>
/// <param name="Name">Without prefix.</param>
/// <param name="Help">What it counts, with its unit, in one line.</param>
/// <param name="Group">The family by which <c>/metrics/detailed</c> is asked for it.</param>
/// <param name="ValueOf">Measures.</param>
internal sealed record ObjectMetric<T>(string Name, string Help, string Group, Func<T, long> ValueOf);
