using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Messages;

namespace Ropeway.Core.Topology;

/// <summary>Compares a declaration with what exists under its name, and refuses it when they differ.</summary>
internal static class Equivalence
{
    private static readonly string[] ExchangeArguments = [ArgumentNames.AlternateExchange, ArgumentNames.DelayedType];

    /// <summary>Checks a repeated declaration of an exchange.</summary>
    public static void Check(Exchange current, ExchangeSettings wanted, string resource)
    {
        CheckText("type", resource, ExchangeTypes.GetName(wanted.Type), ExchangeTypes.GetName(current.Type));
        CheckFlag("durable", resource, wanted.Durable, current.Durable);
        CheckFlag("auto_delete", resource, wanted.AutoDelete, current.AutoDelete);
        CheckFlag("internal", resource, wanted.Internal, current.Internal);
        CheckArguments(ExchangeArguments, resource, wanted.Arguments, current.Arguments);
    }

    /// <summary>Checks a repeated declaration of a queue.</summary>
    public static void Check(Queue current, QueueSettings wanted, string resource)
    {
        QueueSettings settings = current.Settings;
        if (!ReferenceEquals(settings.Owner, wanted.Owner))
        {
            RefusalTexts.ThrowLocked(resource);
        }

        CheckFlag("durable", resource, wanted.Durable, settings.Durable);
        CheckFlag("auto_delete", resource, wanted.AutoDelete, settings.AutoDelete);
        CheckText(
            ArgumentNames.QueueType,
            resource,
            QueueArguments.GetQueueType(wanted.Arguments),
            QueueArguments.GetQueueType(settings.Arguments));
        CheckArguments(QueueArguments.Names, resource, wanted.Arguments, settings.Arguments);
    }

    private static void CheckFlag(string name, string resource, bool wanted, bool current) =>
        CheckText(name, resource, wanted ? "true" : "false", current ? "true" : "false");

    private static void CheckText(string name, string resource, string wanted, string current)
    {
        if (!string.Equals(wanted, current, StringComparison.Ordinal))
        {
            RefusalTexts.ThrowInequivalent(name, resource, $"'{wanted}'", $"'{current}'");
        }
    }

    private static void CheckArguments(IReadOnlyList<string> names, string resource, FieldTable? wanted, FieldTable? current)
    {
        foreach (string name in names)
        {
            if (name == ArgumentNames.QueueType)
            {
                continue; // Not naming the type means classic.
            }

            bool isWanted = TryGet(wanted, name, out object? wantedValue);
            bool isCurrent = TryGet(current, name, out object? currentValue);
            if (isWanted != isCurrent)
            {
                RefusalTexts.ThrowInequivalent(name, resource, TypedText(isWanted, wantedValue), TypedText(isCurrent, currentValue));
            }

            if (!ArgumentValues.AreEquivalent(wantedValue, currentValue))
            {
                RefusalTexts.ThrowInequivalent(name, resource, $"'{ArgumentValues.Text(wantedValue)}'", $"'{ArgumentValues.Text(currentValue)}'");
            }
        }
    }

    private static bool TryGet(FieldTable? arguments, string name, out object? value)
    {
        value = null;
        return arguments is not null && arguments.TryGet(name, out value);
    }

    private static string TypedText(bool present, object? value) =>
        present ? $"the value '{ArgumentValues.Text(value)}' of type '{ArgumentValues.TypeName(value)}'" : "none";
}
