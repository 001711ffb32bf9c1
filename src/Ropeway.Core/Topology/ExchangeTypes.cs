using System.Diagnostics;
using Ropeway.Core.Routing;

namespace Ropeway.Core.Topology;

/// <summary>The names of exchange types.</summary>
public static class ExchangeTypes
{
    /// <summary>Reads a type's name.</summary>
    /// <exception cref="RefusedException">There is no such type.</exception>
    public static ExchangeType Parse(string name)
    {
        switch (name)
        {
            case "direct":
                return ExchangeType.Direct;
            case "fanout":
                return ExchangeType.Fanout;
            case "topic":
                return ExchangeType.Topic;
            case "headers":
                return ExchangeType.Headers;
            default:
                RefusalTexts.ThrowUnknownExchangeType(name);
                return default;
        }
    }

    /// <summary>The name of a type.</summary>
    public static string GetName(ExchangeType type) => type switch
    {
        ExchangeType.Direct => "direct",
        ExchangeType.Fanout => "fanout",
        ExchangeType.Topic => "topic",
        ExchangeType.Headers => "headers",
        _ => throw new UnreachableException(),
    };
}
