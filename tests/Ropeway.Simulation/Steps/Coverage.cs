using System.Globalization;

namespace Ropeway.Simulation.Steps;

/// <summary>Counts what has occurred, so that a run can assert that everything did. Not thread-safe.</summary>
internal sealed class Coverage
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>It has occurred once more.</summary>
    public void Count(string what) => _counts[what] = _counts.GetValueOrDefault(what) + 1;

    public long this[string what] => _counts.GetValueOrDefault(what);

    public void Add(Coverage other)
    {
        foreach ((string what, long count) in other._counts)
        {
            _counts[what] = _counts.GetValueOrDefault(what) + count;
        }
    }

    public override string ToString() =>
        string.Join(", ", _counts.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value}")));
}
