using System.Diagnostics.CodeAnalysis;

namespace Ropeway.Core.Queues;

/// <summary>
/// The consumers of one queue: all of them, and in a ring those that can take messages now, in the order of their turns.
/// Guarded by the queue's gate.
/// </summary>
internal sealed class ConsumerRing
{
    private readonly List<Consumer> _all = [];
    private readonly List<Consumer> _active = [];
    private int _next;

    /// <summary>All consumers.</summary>
    public int Count => _all.Count;

    /// <summary>Those that can take messages now.</summary>
    public int ActiveCount => _active.Count;

    /// <summary>Adds a consumer, not yet to the ring, unless exclusivity forbids.</summary>
    public bool TryAdd(Consumer consumer)
    {
        if (_all.Count > 0 && (consumer.IsExclusive || _all[0].IsExclusive))
        {
            return false;
        }

        _all.Add(consumer);
        return true;
    }

    /// <summary>Takes a consumer off for good.</summary>
    /// <returns>False when it was not there.</returns>
    public bool Remove(Consumer consumer)
    {
        consumer.IsRemoved = true;
        if (consumer.IsActive)
        {
            SuspendAt(_active.IndexOf(consumer));
        }

        return _all.Remove(consumer);
    }

    /// <summary>Takes all off for good.</summary>
    public Consumer[] RemoveAll()
    {
        Consumer[] all = [.. _all];
        foreach (Consumer consumer in all)
        {
            consumer.IsRemoved = true;
            consumer.IsActive = false;
        }

        _all.Clear();
        _active.Clear();
        _next = 0;
        return all;
    }

    /// <summary>Puts a consumer of this queue back into the ring, behind the others; nothing happens when it is there or was removed.</summary>
    public void Activate(Consumer consumer)
    {
        if (!consumer.IsActive && !consumer.IsRemoved)
        {
            consumer.IsActive = true;
            _active.Insert(_next, consumer); // The slot before the one whose turn is next is the last of the round.
            _next = (_next + 1) % _active.Count;
        }
    }

    /// <summary>Whose turn it is.</summary>
    public bool TryPeek([NotNullWhen(true)] out Consumer? consumer)
    {
        consumer = _active.Count == 0 ? null : _active[_next];
        return consumer is not null;
    }

    /// <summary>Ends the turn of the consumer whose turn it is.</summary>
    public void Advance() => _next = _next + 1 == _active.Count ? 0 : _next + 1;

    /// <summary>Takes the consumer whose turn it is out of the ring.</summary>
    public void Suspend() => SuspendAt(_next);

    private void SuspendAt(int index)
    {
        _active[index].IsActive = false;
        _active.RemoveAt(index);
        if (index < _next)
        {
            _next--;
        }

        if (_next == _active.Count)
        {
            _next = 0;
        }
    }
}
