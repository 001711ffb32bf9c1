using System.Collections.Frozen;
using Ropeway.Core.Routing;

namespace Ropeway.Core.Topology;

/// <summary>The names of exchange types.</summary>
public static class ExchangeTypes
{
    private static readonly FrozenDictionary<string, ExchangeType> TypeOf = new Dictionary<string, ExchangeType>(StringComparer.Ordinal)
    {
        ["direct"] = ExchangeType.Direct,
        ["fanout"] = ExchangeType.Fanout,
        ["topic"] = ExchangeType.Topic,
        ["headers"] = ExchangeType.Headers,
        ["x-consistent-hash"] = ExchangeType.ConsistentHash,
        ["x-modulus-hash"] = ExchangeType.ModulusHash,
        ["x-random"] = ExchangeType.Random,
        ["x-recent-history"] = ExchangeType.RecentHistory,
        ["x-delayed-message"] = ExchangeType.DelayedMessage,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<ExchangeType, string> NameOf = TypeOf.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>All names, in order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. TypeOf.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Reads a type's name.</summary>
    /// <exception cref="RefusedException">There is no such type.</exception>
    public static ExchangeType Parse(string name)
    {
        if (!TypeOf.TryGetValue(name, out ExchangeType type))
        {
            RefusalTexts.ThrowUnknownExchangeType(name);
        }

        return type;
    }

    /// <summary>The name of a type.</summary>
    public static string GetName(ExchangeType type) => NameOf[type];
}
