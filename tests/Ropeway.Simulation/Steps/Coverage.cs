using System.Globalization;
using System.Runtime.InteropServices;

namespace Ropeway.Simulation.Steps;

/// <summary>Counts what has occurred, so that a run can assert that everything did. Not thread-safe.</summary>
internal sealed class Coverage
{
    private readonly Dictionary<string, long> _counts = [];

    /// <summary>It has occurred once more.</summary>
    public void Count(string what) => Add(what, 1);

    public long this[string what] => _counts.GetValueOrDefault(what);

    public void Add(Coverage other)
    {
        foreach ((string what, long count) in other._counts)
        {
            Add(what, count);
        }
    }

    private void Add(string what, long count) => CollectionsMarshal.GetValueRefOrAddDefault(_counts, what, out _) += count;

    public override string ToString() =>
        string.Join(", ", _counts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value}")));
}
