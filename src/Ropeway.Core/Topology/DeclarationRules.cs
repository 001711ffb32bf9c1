using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Messages;

namespace Ropeway.Core.Topology;

/// <summary>Rules of declarations and bindings that need nothing but the request.</summary>
internal static class DeclarationRules
{
    /// <summary>Refuses to change or bind the default exchange.</summary>
    public static void CheckNotDefault(string exchange)
    {
        if (exchange.Length == 0)
        {
            RefusalTexts.ThrowDefaultExchange();
        }
    }

    /// <summary>Refuses a connection a queue that is another one's own.</summary>
    public static void CheckOwner(Queue queue, object? owner)
    {
        if (queue.Settings.Owner is { } locker && !ReferenceEquals(locker, owner))
        {
            RefusalTexts.ThrowLocked(RefusalTexts.Queue(queue.Name, queue.Host.Name));
        }
    }

    /// <summary>Refuses a binding whose key or arguments its source does not understand.</summary>
    public static void CheckBinding(Exchange source, string routingKey, FieldTable? arguments)
    {
        NameRules.CheckBytes("routing key", routingKey);
        switch (source.RoutingType)
        {
            case ExchangeType.Headers:
                CheckMatch(arguments);
                break;
            case ExchangeType.ConsistentHash:
                ExchangeArguments.CheckWeight(routingKey);
                break;
        }
    }

    /// <summary>Refuses arguments that a headers exchange does not understand.</summary>
    private static void CheckMatch(FieldTable? arguments)
    {
        if (arguments is null || !arguments.TryGet(ArgumentNames.Match, out object? value))
        {
            return;
        }

        if (value is not string mode)
        {
            RefusalTexts.ThrowInvalidMatchType(ArgumentValues.TypeName(value), ArgumentValues.Text(value));
            return;
        }

        if (mode is not ("all" or "any" or "all-with-x" or "any-with-x"))
        {
            RefusalTexts.ThrowInvalidMatchValue(mode);
        }
    }
}
