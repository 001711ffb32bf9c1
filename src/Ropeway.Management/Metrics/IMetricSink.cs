using Ropeway.Core.Resources;

namespace Ropeway.Management.Metrics;

/// <summary>Takes what is measured at one moment. One thread at a time.</summary>
internal interface IMetricSink
{
    /// <summary>A family without labels: its one sample.</summary>
    void Add(string name, string help, long value);

    /// <summary>Durations by their length.</summary>
    void AddHistogram(string name, string help, DurationSpread durations);

    /// <summary>Begins a family; its samples follow.</summary>
    void Begin(MetricFamily family);

    /// <summary>One sample.</summary>
    /// <param name="family">Has begun.</param>
    /// <param name="value">The value.</param>
    /// <param name="labels">Names and texts.</param>
    void Sample(MetricFamily family, long value, params ReadOnlySpan<(string Name, string Text)> labels);
}
