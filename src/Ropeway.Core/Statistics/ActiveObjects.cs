namespace Ropeway.Core.Statistics;

/// <summary>
/// The counters that have begun to change since they were last taken, so that sampling costs what has changed and not what there is. Any thread; nothing is
/// kept as long as nobody watches.
/// </summary>
public sealed class ActiveObjects
{
    private readonly Lock _gate = new();
    private List<ObjectCounters> _begun = [];
    private volatile bool _isWatched;

    /// <summary>Whether somebody takes them.</summary>
    public bool IsWatched => _isWatched;

    /// <summary>Somebody takes them from now on, often enough that they do not pile up.</summary>
    public void Watch() => _isWatched = true;

    /// <summary>Nobody takes them any more.</summary>
    public void Unwatch()
    {
        lock (_gate)
        {
            _isWatched = false;
            _begun = [];
        }
    }

    /// <summary>Those that were listed since the last call.</summary>
    public IReadOnlyList<ObjectCounters> Take()
    {
        lock (_gate)
        {
            List<ObjectCounters> begun = _begun;
            _begun = [];
            return begun;
        }
    }

    /// <summary>Adds counters, once until they are unlisted. Any gate may be held.</summary>
    internal void Add(ObjectCounters counters)
    {
        lock (_gate)
        {
            if (_isWatched)
            {
                _begun.Add(counters);
            }
        }
    }
}
