using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Topology;
using Ropeway.Storage;

namespace Ropeway.Core.Policies;

/// <summary>
/// The policies of one virtual host. Any thread may call it. A change holds for the queues and exchanges that exist, and for those to
/// come, when the call returns; it survives a crash once the returned index is committed.
/// </summary>
/// <remarks>Changes are made one after the other under a gate of their own, before the host's: queues are not declared or deleted meanwhile longer than it takes to list them.</remarks>
public sealed class HostPolicies
{
    private readonly Lock _gate = new();
    private readonly VirtualHost _host;
    private readonly IMetadataStore _metadata;

    internal HostPolicies(VirtualHost host, IMetadataStore metadata)
    {
        _host = host;
        _metadata = metadata;
    }

    private PolicySet Current => _host.Writer.Policies;

    /// <summary>The policies of a kind, the highest priority first.</summary>
    public IReadOnlyList<Policy> List(PolicyKind kind) => Current.Of(kind);

    /// <summary>Adds a policy, or changes the one of its kind and name.</summary>
    /// <returns>The index to wait for.</returns>
    /// <exception cref="RefusedException">The virtual host is deleted.</exception>
    public ulong Set(Policy policy)
    {
        var change = new TopologyChange(_metadata);
        change.Put(StoredPolicy.Key(_host.Name, policy.Kind, policy.Name), StoredPolicy.Value(policy));
        lock (_gate)
        {
            return Replace(Current.With(policy), change);
        }
    }

    /// <summary>Deletes a policy.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="name">Its name.</param>
    /// <param name="commitIndex">The index to wait for.</param>
    /// <returns>False when there is none of that name.</returns>
    public bool TryDelete(PolicyKind kind, string name, out ulong commitIndex)
    {
        commitIndex = 0;
        lock (_gate)
        {
            if (Current.Of(kind).All(policy => policy.Name != name))
            {
                return false;
            }

            var change = new TopologyChange(_metadata);
            change.Delete(StoredPolicy.Key(_host.Name, kind, name));
            commitIndex = Replace(Current.WithoutPolicy(kind, name), change);
            return true;
        }
    }

    /// <summary>The policies that hold for a queue.</summary>
    public EffectivePolicy Find(Queue queue) => Current.Find(queue.Settings);

    /// <summary>The policies that hold for an exchange.</summary>
    public EffectivePolicy Find(Exchange exchange) => Current.Find(exchange);

    private ulong Replace(PolicySet next, TopologyChange change)
    {
        PolicySet previous = Current;
        ulong commitIndex = _host.ReplacePolicies(next, change, out Queue[] queues, out Exchange[] exchanges);
        foreach (Queue queue in queues)
        {
            EffectivePolicy found = next.Find(queue.Settings);
            if (found != previous.Find(queue.Settings))
            {
                EffectiveArguments effective = next.GetArguments(queue.Settings, found);
                queue.Apply(effective);
                if (queue is SharedQueue shared && shared.SeenIds?.Rule != effective.Deduplication)
                {
                    commitIndex = Math.Max(commitIndex, _host.Deduplicate(shared, effective.Deduplication));
                }
            }
        }

        bool areExchangesChanged = false;
        foreach (Exchange exchange in exchanges)
        {
            areExchangesChanged |= exchange.Apply(next.Find(exchange));
        }

        if (areExchangesChanged)
        {
            _host.Writer.ForgetWays();
        }

        return commitIndex;
    }
}
