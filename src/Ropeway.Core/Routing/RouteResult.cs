using Ropeway.Core.Queues;
using Ropeway.Core.Routing.Explaining;

namespace Ropeway.Core.Routing;

/// <summary>
/// Collects the distinct queues that a message goes to. One owner at a time; meant to be kept and cleared for each message, it does
/// not allocate once it has grown.
/// </summary>
public sealed class RouteResult
{
    private readonly ReferenceSet<Queue> _queues = new();
    private readonly ReferenceSet<Exchange> _exchanges = new();
    private readonly ReferenceSet<RecentHistory> _histories = new();
    private readonly ReferenceSet<Exchange> _delayers = new();

    /// <summary>Distinct queues found since <see cref="Clear"/>.</summary>
    public int Count => _queues.Count;

    /// <summary>The queues in the order they were found. Valid until the next change of the result.</summary>
    public ReadOnlySpan<Queue> Queues => _queues.Items!;

    /// <summary>False when an exchange took part since <see cref="Clear"/> that may send another message with the same key elsewhere.</summary>
    public bool IsKeyDecisive { get; internal set; } = true;

    /// <summary>Who wants a copy of the message beside the queues; whether any does is not known to its publisher.</summary>
    public ReadOnlySpan<RecentHistory> Histories => _histories.Items!;

    /// <summary>Exchanges that pass the message on when its time has come.</summary>
    public ReadOnlySpan<Exchange> Delayers => _delayers.Items!;

    /// <summary>Bindings matched since the result was made, distinct or not: tells whether an exchange found anything.</summary>
    internal long MatchCount { get; private set; }

    /// <summary>Notes the walk for an explanation; null where messages are published.</summary>
    internal RouteTrace? Trace { get; init; }

    /// <summary>Working memory of topic exchanges.</summary>
    internal TopicMatch TopicMatch { get; } = new();

    /// <summary>Working memory of exchanges that look at headers.</summary>
    internal HeaderFields HeaderFields { get; } = new();

    /// <summary>Forgets the queues.</summary>
    public void Clear()
    {
        _queues.Clear();
        _histories.Clear();
        _delayers.Clear();
        IsKeyDecisive = true;
    }

    /// <summary>Adds an exchange that passes the message on later.</summary>
    public void Delay(Exchange exchange) => _delayers.Add(exchange);

    /// <summary>Adds a queue.</summary>
    internal void Add(Queue queue)
    {
        MatchCount++;
        _queues.Add(queue);
        Trace?.Match(queue);
    }

    /// <summary>Adds who wants a copy; is no match.</summary>
    internal void Add(RecentHistory history) => _histories.Add(history);

    /// <summary>Adds the destination of a binding that matched.</summary>
    internal void Add(Binding binding)
    {
        MatchCount++;
        Trace?.Match(binding);
        if (binding.Destination is Queue queue)
        {
            _queues.Add(queue);
        }
        else
        {
            _exchanges.Add((Exchange)binding.Destination);
        }
    }

    /// <summary>Adds the destinations of all bindings in a list.</summary>
    internal void AddAll(LiveList<Binding> bindings)
    {
        foreach (Binding? binding in bindings.Items)
        {
            if (binding is not null)
            {
                Add(binding);
            }
        }
    }

    /// <summary>Starts the walk over exchanges at the one that was published to.</summary>
    internal void BeginWalk(Exchange exchange)
    {
        _exchanges.Clear();
        _exchanges.Add(exchange);
    }

    /// <summary>Adds an exchange to the walk unless it was in it before.</summary>
    internal void Visit(Exchange exchange) => _exchanges.Add(exchange);

    /// <summary>The exchange at a place of the walk.</summary>
    internal bool TryGetVisit(int place, out Exchange exchange)
    {
        if (place < _exchanges.Count)
        {
            exchange = _exchanges.Items[place]!;
            return true;
        }

        exchange = null!;
        return false;
    }
}
