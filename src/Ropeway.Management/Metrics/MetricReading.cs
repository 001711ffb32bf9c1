using System.Diagnostics.Metrics;
using Ropeway.Core.Resources;

namespace Ropeway.Management.Metrics;

/// <summary>What was measured at one moment, by the names of families. One thread fills it, any reads it then.</summary>
internal sealed class MetricReading : IMetricSink
{
    private readonly Dictionary<string, List<Measurement<long>>> _samples = new(StringComparer.Ordinal);
    private readonly List<MetricFamily> _families = [];

    /// <summary>The families, in the order of their measuring.</summary>
    public IReadOnlyList<MetricFamily> Families => _families;

    /// <summary>The samples of a family; none when there are none now.</summary>
    public IEnumerable<Measurement<long>> SamplesOf(string name) => _samples.TryGetValue(name, out List<Measurement<long>>? samples) ? samples : [];

    /// <inheritdoc/>
    public void Add(string name, string help, long value)
    {
        var family = new MetricFamily(name, help);
        Begin(family);
        Sample(family, value);
    }

    /// <inheritdoc/>
    /// <remarks>No instrument observes a histogram that was counted elsewhere: its two sums stand for it.</remarks>
    public void AddHistogram(string name, string help, DurationSpread durations)
    {
        string stem = name.EndsWith("_seconds", StringComparison.Ordinal) ? name[..^"_seconds".Length] : name;
        Add($"{stem}_microseconds_total", $"{help}, all together in microseconds", (long)durations.Total.TotalMicroseconds);
        Add($"{stem}_count_total", $"{help}, how many", durations.Count);
    }

    /// <inheritdoc/>
    public void Begin(MetricFamily family)
    {
        _families.Add(family);
        _samples.Add(family.Name, []);
    }

    /// <inheritdoc/>
    public void Sample(MetricFamily family, long value, params ReadOnlySpan<(string Name, string Text)> labels)
    {
        var tags = new KeyValuePair<string, object?>[labels.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            tags[i] = new KeyValuePair<string, object?>(labels[i].Name, labels[i].Text);
        }

        _samples[family.Name].Add(new Measurement<long>(value, tags));
    }
}
