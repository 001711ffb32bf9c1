using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Storage;

namespace Ropeway.Core.Topology;

/// <summary>
/// Everything that goes with one deletion: the bindings of what is deleted, auto-delete exchanges that lose their last binding,
/// and so on. First collected, then journalled in one change, then removed from memory. Under the virtual host's gate.
/// </summary>
/// <param name="host">The virtual host's name.</param>
/// <param name="index">What it holds.</param>
internal sealed class Removal(string host, TopologyIndex index)
{
    private readonly List<Queue> _queues = [];
    private readonly List<Exchange> _exchanges = [];
    private readonly List<Binding> _bindings = [];
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Exchange, int> _lostBindings = [];
    private int _nextExchange;

    /// <summary>Whether the messages of the queues stay, under entries of their own: see <see cref="ShelvedQueue"/>.</summary>
    public bool IsShelving { get; init; }

    /// <summary>Exchanges that go.</summary>
    public IReadOnlyList<Exchange> Exchanges => _exchanges;

    /// <summary>Bindings that go.</summary>
    public IReadOnlyList<Binding> Bindings => _bindings;

    /// <summary>Adds a queue that is closed already.</summary>
    public void Add(Queue queue)
    {
        if (_seen.Add(queue))
        {
            _queues.Add(queue);
            AddAll(queue.Incoming.All());
            Cascade();
        }
    }

    /// <summary>Adds an exchange.</summary>
    public void Add(Exchange exchange)
    {
        Enlist(exchange);
        Cascade();
    }

    /// <summary>Adds a binding.</summary>
    public void Add(Binding binding)
    {
        Enlist(binding);
        Cascade();
    }

    /// <summary>Journals what is durable, then removes everything from memory.</summary>
    /// <returns>The index to wait for; 0 when nothing was journalled.</returns>
    public ulong Apply(IMetadataStore metadata)
    {
        ulong commitIndex = Journal(metadata);
        foreach (Binding binding in _bindings)
        {
            binding.Disconnect();
        }

        foreach (Exchange exchange in _exchanges)
        {
            index.Remove(exchange);
        }

        foreach (Queue queue in _queues)
        {
            index.Remove(queue);
        }

        return commitIndex;
    }

    private ulong Journal(IMetadataStore metadata)
    {
        var change = new TopologyChange(metadata);
        foreach (Queue queue in _queues)
        {
            if (queue.Settings.Durable)
            {
                change.Delete(StoredEntry.QueueKey(host, queue.Name));
                if (IsShelving)
                {
                    change.Put(StoredEntry.ShelvedQueueKey(host, queue.Name, queue.Log.Id), StoredEntry.EmptyValue());
                }
                else
                {
                    change.DeleteLog(queue.Log.Id);
                }

                if (queue.Paused is not null)
                {
                    change.Delete(StoredPause.Key(host, queue.Name));
                }

                if (queue is SharedQueue { SeenIds.LogId: { } idLogId })
                {
                    change.Delete(StoredEntry.IdLogKey(host, queue.Name));
                    change.DeleteLog(idLogId);
                }
            }
        }

        foreach (Exchange exchange in _exchanges)
        {
            if (exchange.Durable)
            {
                change.Delete(StoredEntry.ExchangeKey(host, exchange.Name));
            }
        }

        foreach (Binding binding in _bindings)
        {
            if (binding.Durable)
            {
                change.Delete(BindingKey.Encode(host, binding));
            }
        }

        return change.Apply();
    }

    private void AddAll(IEnumerable<Binding> bindings)
    {
        foreach (Binding binding in bindings)
        {
            Enlist(binding);
        }
    }

    private void Enlist(Exchange exchange)
    {
        if (_seen.Add(exchange))
        {
            _exchanges.Add(exchange);
        }
    }

    private void Enlist(Binding binding)
    {
        if (!_seen.Add(binding))
        {
            return;
        }

        _bindings.Add(binding);
        Exchange source = binding.Source;
        if (source.AutoDelete)
        {
            int lost = _lostBindings.GetValueOrDefault(source) + 1;
            _lostBindings[source] = lost;
            if (lost == source.Outgoing.Count)
            {
                Enlist(source);
            }
        }
    }

    private void Cascade()
    {
        for (; _nextExchange < _exchanges.Count; _nextExchange++)
        {
            AddAll(_exchanges[_nextExchange].Outgoing);
            AddAll(_exchanges[_nextExchange].Incoming.All());
        }
    }
}
