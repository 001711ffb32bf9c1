using System.Diagnostics.CodeAnalysis;

namespace Ropeway.Core.Queues;

/// <summary>
/// The consumers of one queue: all of them, and those that can take messages now, the highest priority first and in turns within one.
/// With a single active consumer the others stand by until it goes. Guarded by the queue's gate.
/// </summary>
internal sealed class ConsumerRing
{
    private List<Consumer>? _all; // Made with the first consumer, as the next. Null for good in the empty one.
    private List<ConsumerTurns>? _active; // Highest priority first, also those where all wait for credit.
    private ConsumerTurns? _turns; // Of whom TryPeek spoke last.
    private Consumer? _single;

    /// <summary>That of every queue that has had no consumer yet: nobody is added to it, so that nothing of it ever changes.</summary>
    public static ConsumerRing Empty { get; } = new();

    /// <summary>All consumers.</summary>
    public int Count => _all?.Count ?? 0;

    /// <summary>Whether somebody can take messages now.</summary>
    public bool AnyActive => TryPeek(out _);

    /// <summary>The one consumer that gets messages while the others stand by; null when there is none, or all get some.</summary>
    public Consumer? Single => _single;

    /// <summary>Adds a consumer, not yet to those that get messages, unless exclusivity forbids.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="isSingle">Whether only one consumer at a time gets messages: none of them can be exclusive then.</param>
    public bool TryAdd(Consumer consumer, bool isSingle)
    {
        if (consumer.IsExclusive && (isSingle || Count > 0))
        {
            return false;
        }

        if (_all is [{ IsExclusive: true }, ..])
        {
            return false;
        }

        (_all ??= []).Add(consumer);
        if (isSingle)
        {
            _single ??= consumer;
        }

        return true;
    }

    /// <summary>Takes a consumer off for good.</summary>
    /// <returns>False when it was not there.</returns>
    public bool Remove(Consumer consumer)
    {
        consumer.IsRemoved = true;
        if (_all is null)
        {
            return false;
        }

        Suspend(consumer);
        _active?.RemoveAll(static turns => turns.Count == 0);
        bool wasThere = _all.Remove(consumer);
        if (ReferenceEquals(_single, consumer))
        {
            _single = _all.MaxBy(other => other.Priority); // The first of the highest.
            if (_single is { IsStandingBy: true } next)
            {
                Activate(next);
            }
        }

        return wasThere;
    }

    /// <summary>Takes all off for good.</summary>
    public Consumer[] RemoveAll()
    {
        if (_all is null)
        {
            return [];
        }

        Consumer[] all = [.. _all];
        foreach (Consumer consumer in all)
        {
            consumer.IsRemoved = true;
            consumer.IsActive = false;
        }

        _all = null;
        _active = null;
        _single = null;
        return all;
    }

    /// <summary>Puts a consumer of this queue among those that get messages, behind the others of its priority; nothing happens when it is there or was removed.</summary>
    public void Activate(Consumer consumer)
    {
        if (consumer.IsActive || consumer.IsRemoved)
        {
            return;
        }

        consumer.IsStandingBy = _single is not null && !ReferenceEquals(_single, consumer);
        if (!consumer.IsStandingBy)
        {
            consumer.IsActive = true;
            TurnsOf(consumer.Priority).Add(consumer);
        }
    }

    /// <summary>Whose turn it is.</summary>
    public bool TryPeek([NotNullWhen(true)] out Consumer? consumer)
    {
        for (int place = 0; place < _active?.Count; place++)
        {
            ConsumerTurns turns = _active[place];
            if (turns.Count > 0)
            {
                _turns = turns;
                consumer = turns.Current;
                return true;
            }
        }

        consumer = null;
        return false;
    }

    /// <summary>Ends the turn of the consumer that <see cref="TryPeek"/> found.</summary>
    public void Advance() => _turns!.Advance();

    /// <summary>Takes a consumer out, until it is activated again.</summary>
    public void Suspend(Consumer consumer)
    {
        if (consumer.IsActive)
        {
            consumer.IsActive = false;
            TurnsOf(consumer.Priority).Remove(consumer);
        }
    }

    private ConsumerTurns TurnsOf(int priority)
    {
        _active ??= [];
        int place = 0;
        while (place < _active.Count && _active[place].Priority > priority)
        {
            place++;
        }

        if (place == _active.Count || _active[place].Priority != priority)
        {
            _active.Insert(place, new ConsumerTurns(priority));
        }

        return _active[place];
    }
}
