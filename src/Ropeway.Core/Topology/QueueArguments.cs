using System.Collections.Frozen;
using Ropeway.Core.Queues;
using Ropeway.Messages;

namespace Ropeway.Core.Topology;

/// <summary>
/// The arguments of queue declarations that mean something: one table of names and rules. Arguments with other names are kept as
/// they are and mean nothing, as in RabbitMQ.
/// </summary>
internal static class QueueArguments
{
    /// <summary>The queue type of a declaration that names none.</summary>
    public const string ClassicType = "classic";

    private const string QuorumType = "quorum";
    private const string NotSupported = "not supported by this release";

    /// <summary>A rule gives null when the value is fine, else what is wrong with it.</summary>
    private static readonly FrozenDictionary<string, Func<object?, string?>> Rules = new Dictionary<string, Func<object?, string?>>(StringComparer.Ordinal)
    {
        [ArgumentNames.QueueType] = value => CheckChoice(value, [ClassicType, QuorumType], "unsupported queue type"),

        // Hints where and how to keep the queue. A single node has one place and one way, so they are checked and kept.
        ["x-queue-mode"] = value => CheckChoice(value, ["default", "lazy"], "unsupported queue mode"),
        ["x-queue-version"] = value => CheckNumber(value, 1, 2),
        ["x-queue-leader-locator"] = value => CheckChoice(value, ["client-local", "balanced", "random", "least-leaders"], "unsupported queue leader locator"),
        ["x-queue-master-locator"] = value => CheckChoice(value, ["client-local", "min-masters", "random"], "unsupported queue master locator"),
        ["x-quorum-initial-group-size"] = value => CheckNumber(value, 1, long.MaxValue),
        ["x-quorum-target-group-size"] = value => CheckNumber(value, 1, long.MaxValue),
        ["x-initial-cluster-size"] = value => CheckNumber(value, 1, long.MaxValue),
        ["x-member-placement-tag"] = CheckText,
        ["x-max-in-memory-length"] = value => CheckNumber(value, 0, long.MaxValue),
        ["x-max-in-memory-bytes"] = value => CheckNumber(value, 0, long.MaxValue),

        // Each of these would change what happens to messages, so it is refused rather than ignored.
        ["x-expires"] = Refuse,
        ["x-message-ttl"] = Refuse,
        ["x-dead-letter-exchange"] = Refuse,
        ["x-dead-letter-routing-key"] = Refuse,
        ["x-dead-letter-strategy"] = Refuse,
        ["x-max-length"] = Refuse,
        ["x-max-length-bytes"] = Refuse,
        ["x-max-priority"] = Refuse,
        ["x-overflow"] = Refuse,
        ["x-single-active-consumer"] = Refuse,
        ["x-consumer-timeout"] = Refuse,
        ["x-consumer-disconnected-timeout"] = Refuse,
        ["x-delivery-limit"] = Refuse,
        ["x-delayed-retry-type"] = Refuse,
        ["x-delayed-retry-min"] = Refuse,
        ["x-delayed-retry-max"] = Refuse,
        ["x-max-age"] = Refuse,
        ["x-stream-max-segment-size-bytes"] = Refuse,
        ["x-stream-filter-size-bytes"] = Refuse,
        ["x-message-deduplication"] = Refuse,
        ["x-deduplication-header"] = Refuse,
        ["x-cache-size"] = Refuse,
        ["x-cache-ttl"] = Refuse,
        ["x-name-prefix"] = Refuse,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The arguments that must be the same when a queue is declared again.</summary>
    public static IReadOnlyList<string> Names => Rules.Keys;

    /// <summary>The queue type of a declaration.</summary>
    public static string GetQueueType(FieldTable? arguments) =>
        arguments is not null && arguments.TryGetString(ArgumentNames.QueueType, out string? type) ? type : ClassicType;

    /// <summary>Refuses a declaration of a new queue whose arguments are wrong or not supported.</summary>
    public static void Check(QueueSettings settings, string resource)
    {
        if (settings.Arguments is null)
        {
            return;
        }

        foreach ((string name, object? value) in settings.Arguments)
        {
            if (Rules.TryGetValue(name, out Func<object?, string?>? rule) && rule(value) is { } problem)
            {
                RefusalTexts.ThrowInvalidArgument(name, resource, problem);
            }
        }

        if (GetQueueType(settings.Arguments) == QuorumType)
        {
            CheckQuorumProperties(settings, resource);
        }
    }

    private static void CheckQuorumProperties(QueueSettings settings, string resource)
    {
        if (settings.AutoDelete)
        {
            RefusalTexts.ThrowInvalidProperty("auto-delete", resource);
        }

        if (settings.Exclusive)
        {
            RefusalTexts.ThrowInvalidProperty("exclusive-owner", resource);
        }

        if (!settings.Durable)
        {
            RefusalTexts.ThrowInvalidProperty("non-durable", resource);
        }
    }

    private static string? Refuse(object? value) => NotSupported;

    private static string? CheckText(object? value) => value switch
    {
        string { Length: > 0 } => null,
        string => "\"expected a text that is not empty\"",
        _ => $"{{unacceptable_type,{ArgumentValues.TypeName(value)}}}",
    };

    private static string? CheckChoice(object? value, ReadOnlySpan<string> choices, string problem)
    {
        if (value is not string text)
        {
            return $"{{unacceptable_type,{ArgumentValues.TypeName(value)}}}";
        }

        return choices.Contains(text) ? null : $"\"{problem} '{text}'\"";
    }

    private static string? CheckNumber(object? value, long least, long most)
    {
        if (!ArgumentValues.TryGetInteger(value, out long number))
        {
            return $"\"expected integer, got {ArgumentValues.TypeName(value)}\"";
        }

        if (number >= least && number <= most)
        {
            return null;
        }

        return number switch
        {
            < 0 => $"{{value_negative,{number}}}",
            0 => $"{{value_zero,{number}}}",
            _ => $"{{max_value_exceeded,{number}}}",
        };
    }
}
