namespace Ropeway.Core.Queues;

/// <summary>Consumers of one priority that can take messages now, in the order of their turns. Guarded by the queue's gate.</summary>
/// <param name="priority">Their priority.</param>
internal sealed class ConsumerTurns(int priority)
{
    private readonly List<Consumer> _consumers = [];
    private int _next;

    /// <summary>Their priority.</summary>
    public int Priority { get; } = priority;

    /// <summary>How many there are.</summary>
    public int Count => _consumers.Count;

    /// <summary>Whose turn it is; there is one.</summary>
    public Consumer Current => _consumers[_next];

    /// <summary>Adds a consumer behind the others.</summary>
    public void Add(Consumer consumer)
    {
        _consumers.Insert(_next, consumer); // The slot before the one whose turn is next is the last of the round.
        _next = (_next + 1) % _consumers.Count;
    }

    /// <summary>Ends the turn of the consumer whose turn it is.</summary>
    public void Advance() => _next = _next + 1 == _consumers.Count ? 0 : _next + 1;

    /// <summary>Takes a consumer out.</summary>
    public void Remove(Consumer consumer)
    {
        int index = ReferenceEquals(Current, consumer) ? _next : _consumers.IndexOf(consumer);
        _consumers.RemoveAt(index);
        if (index < _next)
        {
            _next--;
        }

        if (_next == _consumers.Count)
        {
            _next = 0;
        }
    }
}
