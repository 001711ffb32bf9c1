namespace Ropeway.TestKit.History;

/// <summary>Counts violations and keeps the first of each kind. Used under the history's gate.</summary>
internal sealed class ViolationLog
{
    private const int KeptMax = 40; // Of each kind.

    private readonly List<Violation> _kept = [];
    private readonly Dictionary<ViolationKind, int> _counts = [];

    public IReadOnlyList<Violation> Kept => [.. _kept];

    public IReadOnlyDictionary<ViolationKind, int> Counts => new Dictionary<ViolationKind, int>(_counts);

    public void Add(ViolationKind kind, string detail)
    {
        int count = _counts.GetValueOrDefault(kind) + 1;
        _counts[kind] = count;
        if (count <= KeptMax)
        {
            _kept.Add(new Violation(kind, detail));
        }
    }
}
