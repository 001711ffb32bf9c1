using Ropeway.Core.Queues;
using Ropeway.Core.Routing;

namespace Ropeway.Core.Topology;

/// <summary>
/// What a virtual host holds in memory. Changed by one writer under the host's gate; the two tables may be read by any thread.
/// </summary>
internal sealed class TopologyIndex
{
    private readonly Dictionary<object, HashSet<Queue>> _ownedQueues = new(ReferenceEqualityComparer.Instance);

    /// <summary>Exchanges by name, for lock-free reading.</summary>
    public NameTable<Exchange> ExchangeTable { get; } = new();

    /// <summary>Queues by name, for lock-free reading.</summary>
    public NameTable<Queue> QueueTable { get; } = new();

    /// <summary>All exchanges.</summary>
    public IEnumerable<Exchange> Exchanges => ExchangeTable.Values;

    /// <summary>All queues.</summary>
    public IEnumerable<Queue> Queues => QueueTable.Values;

    /// <summary>All bindings.</summary>
    public IEnumerable<Binding> Bindings => Exchanges.SelectMany(exchange => exchange.Outgoing);

    /// <summary>Finds an exchange.</summary>
    public Exchange? FindExchange(string name) => ExchangeTable.TryGet(name, out Exchange? exchange) ? exchange : null;

    /// <summary>Finds a queue.</summary>
    public Queue? FindQueue(string name) => QueueTable.TryGet(name, out Queue? queue) ? queue : null;

    /// <summary>A name that no queue has, for a queue declared without one.</summary>
    public string ChooseQueueName()
    {
        string name;
        do
        {
            name = NameRules.Generate();
        }
        while (FindQueue(name) is not null);

        return name;
    }

    /// <summary>Exclusive queues of a connection.</summary>
    public Queue[] OwnedBy(object owner) => _ownedQueues.TryGetValue(owner, out HashSet<Queue>? queues) ? [.. queues] : [];

    /// <summary>Adds an exchange.</summary>
    public void Add(Exchange exchange) => ExchangeTable.Add(exchange);

    /// <summary>Adds a queue.</summary>
    public void Add(Queue queue)
    {
        QueueTable.Add(queue);
        if (queue.Settings.Owner is not { } owner)
        {
            return;
        }

        if (!_ownedQueues.TryGetValue(owner, out HashSet<Queue>? owned))
        {
            owned = [];
            _ownedQueues.Add(owner, owned);
        }

        owned.Add(queue);
    }

    /// <summary>Removes an exchange whose bindings are removed.</summary>
    public void Remove(Exchange exchange) => ExchangeTable.Remove(exchange);

    /// <summary>Removes a queue whose bindings are removed.</summary>
    public void Remove(Queue queue)
    {
        QueueTable.Remove(queue);
        if (queue.Settings.Owner is { } owner && _ownedQueues.TryGetValue(owner, out HashSet<Queue>? owned))
        {
            owned.Remove(queue);
            if (owned.Count == 0)
            {
                _ownedQueues.Remove(owner);
            }
        }
    }
}
