namespace Ropeway.Management.Live;

/// <summary>Two measurements of the process, one after the other. Immutable.</summary>
/// <param name="Now">The last one.</param>
/// <param name="Before">The one before it; the same when there is none.</param>
/// <param name="Elapsed">The time between them.</param>
internal sealed record NodeTrend(NodeFigures Now, NodeFigures Before, TimeSpan Elapsed)
{
    /// <summary>By how much a figure changed in a second; 0 when it is not known.</summary>
    public double RateOf(Func<NodeFigures, long?> figure) =>
        figure(Now) is { } now && figure(Before) is { } before && Elapsed > TimeSpan.Zero ? (now - before) / Elapsed.TotalSeconds : 0;
}
