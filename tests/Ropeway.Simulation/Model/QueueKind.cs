namespace Ropeway.Simulation.Model;

/// <summary>The kinds of queues in a simulation; names begin with them.</summary>
internal enum QueueKind
{
    /// <summary>Durable; what leaves it goes to the queue of dead letters. Published to by name.</summary>
    Work,

    /// <summary>Durable, bound to a fanout exchange.</summary>
    Plain,

    /// <summary>Not durable.</summary>
    Brief,

    /// <summary>Durable, with priorities from 0 to <see cref="ModelQueue.RanksMax"/>. Published to by name.</summary>
    Ranked,

    /// <summary>Durable; all that is published to it is held back for a time. There is one.</summary>
    Late,

    /// <summary>Durable; what comes back waits before it is delivered again, and goes when it has come back too often. Published to by name.</summary>
    Patient,

    /// <summary>Durable; takes each id once, as long as it remembers it. Published to by name.</summary>
    Unique,

    /// <summary>Durable, with message groups: a group goes to one consumer at a time; the second with retry, too, the third with priorities. Published to by name.</summary>
    Grouped,

    /// <summary>A stream, with a limit of bytes or of age. Published to by name.</summary>
    Stream,

    /// <summary>The one queue of dead letters.</summary>
    Dead,
}
