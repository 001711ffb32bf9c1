namespace Ropeway.Core.Queues;

/// <summary>
/// Which targets have taken a dead letter that others of its targets have not, so that it is not sent to them twice. Used by the one
/// thread that sends the letters of a queue; kept in memory only: after a restart all targets get it.
/// </summary>
internal sealed class LetterTakers
{
    private readonly Dictionary<long, HashSet<Queue>> _takers = [];

    /// <summary>Whether a queue has taken a letter.</summary>
    public bool Has(long offset, Queue queue) => _takers.TryGetValue(offset, out HashSet<Queue>? takers) && takers.Contains(queue);

    /// <summary>A queue has taken a letter that stays.</summary>
    public void Add(long offset, Queue queue)
    {
        if (!_takers.TryGetValue(offset, out HashSet<Queue>? takers))
        {
            takers = [];
            _takers.Add(offset, takers);
        }

        takers.Add(queue);
    }

    /// <summary>A letter has left.</summary>
    public void Forget(long offset) => _takers.Remove(offset);
}
