using System.Collections.Concurrent;
using System.Collections.Immutable;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Topology;

namespace Ropeway.Core.Policies;

/// <summary>All policies of a virtual host at one moment. Immutable but for what it remembers; any thread.</summary>
internal sealed class PolicySet
{
    private readonly ImmutableArray<Policy> _ofUsers; // The first that matches holds.
    private readonly ImmutableArray<Policy> _ofOperators;
    private readonly ConcurrentDictionary<EffectivePolicy, EffectiveArguments> _withoutArguments = new();

    private PolicySet(ImmutableArray<Policy> ofUsers, ImmutableArray<Policy> ofOperators)
    {
        _ofUsers = ofUsers;
        _ofOperators = ofOperators;
    }

    /// <summary>No policies.</summary>
    public static PolicySet Empty { get; } = new([], []);

    /// <summary>The policies of a kind, in the order in which they are tried.</summary>
    public ImmutableArray<Policy> Of(PolicyKind kind) => kind == PolicyKind.User ? _ofUsers : _ofOperators;

    /// <summary>The set with one policy added or changed.</summary>
    public PolicySet With(Policy policy) => Replace(policy.Kind, [.. Without(policy.Kind, policy.Name).Append(policy)]);

    /// <summary>The set without one policy.</summary>
    public PolicySet WithoutPolicy(PolicyKind kind, string name) => Replace(kind, Without(kind, name));

    /// <summary>What holds for an exchange.</summary>
    public EffectivePolicy Find(Exchange exchange) => Find(PolicyReach.Exchange, exchange.Name);

    /// <summary>What holds for a queue.</summary>
    public EffectivePolicy Find(QueueSettings queue) => Find(GetReach(queue), queue.Name);

    /// <summary>What a queue's arguments and the policies found for it come to; queues without arguments share it.</summary>
    public EffectiveArguments GetArguments(QueueSettings queue, EffectivePolicy found) =>
        queue.Arguments is null
            ? _withoutArguments.GetOrAdd(found, static (policy, settings) => Combine(settings, policy), queue)
            : Combine(queue, found);

    private static EffectiveArguments Combine(QueueSettings queue, EffectivePolicy policy) =>
        EffectiveArguments.From(queue, policy.User?.Settings, policy.Operator?.Settings);

    private static PolicyReach GetReach(QueueSettings queue) => QueueArguments.GetQueueType(queue.Arguments) switch
    {
        "quorum" => PolicyReach.Quorum,
        "stream" => PolicyReach.Stream,
        _ => PolicyReach.Classic,
    };

    private EffectivePolicy Find(PolicyReach reach, string name) => new(Find(_ofUsers, reach, name), Find(_ofOperators, reach, name));

    private static Policy? Find(ImmutableArray<Policy> policies, PolicyReach reach, string name)
    {
        foreach (Policy policy in policies)
        {
            if (policy.IsFor(reach, name))
            {
                return policy;
            }
        }

        return null;
    }

    private ImmutableArray<Policy> Without(PolicyKind kind, string name) => [.. Of(kind).Where(policy => policy.Name != name)];

    private PolicySet Replace(PolicyKind kind, ImmutableArray<Policy> policies)
    {
        ImmutableArray<Policy> sorted = [.. policies.OrderByDescending(policy => policy.Priority).ThenBy(policy => policy.Name, StringComparer.Ordinal)];
        return kind == PolicyKind.User ? new PolicySet(sorted, _ofOperators) : new PolicySet(_ofUsers, sorted);
    }
}
