namespace Ropeway.Management.Metrics;

/// <summary>Samples that share a name.</summary>
/// <param name="Name">With its prefix; a counter's ends in <c>_total</c>.</param>
/// <param name="Help">What it counts, with its unit, in one line.</param>
internal sealed record MetricFamily(string Name, string Help)
{
    /// <summary>A counter only grows until the broker, or what it belongs to, starts again.</summary>
    public bool IsCounter => Name.EndsWith("_total", StringComparison.Ordinal);
}
