using System.Globalization;
using System.Numerics;
using Ropeway.Core.Routing;
using Ropeway.Messages;

namespace Ropeway.Core.Topology;

/// <summary>The arguments of exchange declarations that mean something. Others are kept as they are and mean nothing, as in RabbitMQ.</summary>
internal static class ExchangeArguments
{
    /// <summary>Messages that an x-recent-history exchange keeps unless told otherwise.</summary>
    public const int HistoryLength = 20;

    /// <summary>Largest weight of a binding of an x-consistent-hash exchange, as in RabbitMQ.</summary>
    public const int WeightMax = 10_000;

    /// <summary>Refuses a declaration of a new exchange whose arguments are wrong.</summary>
    public static void Check(ExchangeSettings settings, string resource)
    {
        ExchangeType routingType = GetRoutingType(settings);
        if (settings.Arguments is not { } arguments)
        {
            return;
        }

        CheckText(arguments, ArgumentNames.AlternateExchange, resource);
        switch (routingType)
        {
            case ExchangeType.ConsistentHash:
                CheckHash(arguments, resource);
                break;
            case ExchangeType.RecentHistory:
                CheckHistory(arguments);
                break;
        }
    }

    /// <summary>The type by which an exchange routes: its own, or for a delayed one that which its argument names.</summary>
    /// <exception cref="RefusedException">The argument is missing or names no such type.</exception>
    public static ExchangeType GetRoutingType(ExchangeSettings settings)
    {
        if (settings.Type != ExchangeType.DelayedMessage)
        {
            return settings.Type;
        }

        string? name = null;
        settings.Arguments?.TryGetString(ArgumentNames.DelayedType, out name);
        if (name is null || ExchangeTypes.Parse(name) == ExchangeType.DelayedMessage)
        {
            RefusalTexts.ThrowDelayedType();
        }

        return ExchangeTypes.Parse(name);
    }

    /// <summary>Refuses a weight that is none.</summary>
    public static void CheckWeight(string routingKey)
    {
        bool isInteger = BigInteger.TryParse(routingKey, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger weight);
        if (!isInteger)
        {
            RefusalTexts.ThrowBindingKey($"must be an integer: {ArgumentValues.Term(routingKey)}");
        }

        if (weight < 1)
        {
            RefusalTexts.ThrowBindingKey("must be greater than 0");
        }

        if (weight > WeightMax)
        {
            RefusalTexts.ThrowBindingKey($"must not exceed {WeightMax}");
        }
    }

    /// <summary>Reads the name of a property to hash; None when it is no such name.</summary>
    public static HashedProperty ParseHashProperty(string name) => name switch
    {
        "correlation_id" => HashedProperty.CorrelationId,
        "message_id" => HashedProperty.MessageId,
        "timestamp" => HashedProperty.Timestamp,
        _ => HashedProperty.None,
    };

    /// <summary>How many messages an x-recent-history exchange keeps.</summary>
    public static long GetHistoryLength(FieldTable? arguments) =>
        arguments is not null && arguments.TryGetInteger(ArgumentNames.RecentHistoryLength, out long length) ? length : HistoryLength;

    private static void CheckHash(FieldTable arguments, string resource)
    {
        CheckText(arguments, ArgumentNames.HashHeader, resource);
        CheckText(arguments, ArgumentNames.HashProperty, resource);
        if (!arguments.TryGetString(ArgumentNames.HashProperty, out string? property))
        {
            return;
        }

        if (arguments.Contains(ArgumentNames.HashHeader))
        {
            RefusalTexts.ThrowHashTwice();
        }

        if (ParseHashProperty(property) == HashedProperty.None)
        {
            RefusalTexts.ThrowUnsupportedProperty(property);
        }
    }

    private static void CheckHistory(FieldTable arguments)
    {
        if (arguments.TryGet(ArgumentNames.RecentHistoryLength, out object? value)
            && (!arguments.TryGetInteger(ArgumentNames.RecentHistoryLength, out long length) || length < 1))
        {
            RefusalTexts.ThrowHistoryLength(ArgumentValues.Term(value));
        }
    }

    private static void CheckText(FieldTable arguments, string name, string resource)
    {
        if (arguments.TryGet(name, out object? value) && value is not string)
        {
            RefusalTexts.ThrowInvalidArgumentType(ArgumentValues.TypeName(value), name, resource);
        }
    }
}
