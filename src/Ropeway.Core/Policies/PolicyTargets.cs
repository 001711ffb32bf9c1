using System.Diagnostics;
using Ropeway.Core.Topology;

namespace Ropeway.Core.Policies;

/// <summary>The names of policy targets.</summary>
public static class PolicyTargets
{
    /// <summary>Reads the value of <c>apply-to</c>.</summary>
    /// <exception cref="RefusedException">There is no such target.</exception>
    public static PolicyTarget Parse(string name)
    {
        switch (name)
        {
            case "all":
                return PolicyTarget.All;
            case "queues":
                return PolicyTarget.Queues;
            case "classic_queues":
                return PolicyTarget.ClassicQueues;
            case "quorum_queues":
                return PolicyTarget.QuorumQueues;
            case "streams":
                return PolicyTarget.Streams;
            case "exchanges":
                return PolicyTarget.Exchanges;
            default:
                RefusalTexts.ThrowInvalidPolicy(
                    $"apply-to '{name}' unrecognised; should be one of: 'queues', 'classic_queues',  'quorum_queues', 'streams', 'exchanges', or 'all'");
                return default;
        }
    }

    /// <summary>The value of <c>apply-to</c>.</summary>
    public static string GetName(PolicyTarget target) => target switch
    {
        PolicyTarget.All => "all",
        PolicyTarget.Queues => "queues",
        PolicyTarget.ClassicQueues => "classic_queues",
        PolicyTarget.QuorumQueues => "quorum_queues",
        PolicyTarget.Streams => "streams",
        PolicyTarget.Exchanges => "exchanges",
        _ => throw new UnreachableException(),
    };

    /// <summary>The kinds of objects in a target.</summary>
    internal static PolicyReach GetReach(PolicyTarget target) => target switch
    {
        PolicyTarget.All => PolicyReach.All,
        PolicyTarget.Queues => PolicyReach.Queues,
        PolicyTarget.ClassicQueues => PolicyReach.Classic,
        PolicyTarget.QuorumQueues => PolicyReach.Quorum,
        PolicyTarget.Streams => PolicyReach.Stream,
        PolicyTarget.Exchanges => PolicyReach.Exchange,
        _ => throw new UnreachableException(),
    };
}
