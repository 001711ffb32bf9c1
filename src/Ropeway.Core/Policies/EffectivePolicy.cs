using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Policies;

/// <summary>The policies that hold for one queue or exchange.</summary>
/// <param name="User">The user's; null when none matches.</param>
/// <param name="Operator">The operator's; null when none matches.</param>
public readonly record struct EffectivePolicy(Policy? User, Policy? Operator)
{
    /// <summary>True when no policy holds.</summary>
    public bool IsNone => User is null && Operator is null;

    /// <summary>The settings of both, as RabbitMQ puts them together: the tighter limit, else the operator's value. Made anew for each call.</summary>
    public FieldTable MergeDefinitions()
    {
        var merged = new FieldTable();
        foreach ((string name, object? value) in User?.Definition ?? [])
        {
            merged[name] = Operator is not null && Operator.Definition.TryGet(name, out object? limit) ? Merge(name, value, limit) : value;
        }

        foreach ((string name, object? value) in Operator?.Definition ?? [])
        {
            if (!merged.Contains(name))
            {
                merged[name] = value;
            }
        }

        return merged;
    }

    private static object? Merge(string name, object? value, object? limit)
    {
        if (!ArgumentValues.TryGetInteger(value, out long number) || !ArgumentValues.TryGetInteger(limit, out long limitNumber))
        {
            return limit;
        }

        return name switch
        {
            "queue-version" => limit,
            "target-group-size" or "delayed-retry-min" => Math.Max(number, limitNumber),
            "delivery-limit" when number < 0 || limitNumber < 0 => Math.Max(number, limitNumber), // Negative: no limit.
            _ => Math.Min(number, limitNumber),
        };
    }
}
