using System.Collections.Frozen;
using System.Globalization;
using Ropeway.Core.Deduplication;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Policies;

/// <summary>The settings that policies can hold: one table of names and rules.</summary>
internal static class PolicyKeys
{
    private const PolicyReach Messages = PolicyReach.Classic | PolicyReach.Quorum;
    private const PolicyReach NotQuorum = PolicyReach.Classic | PolicyReach.Stream;
    private const PolicyReach NotClassic = PolicyReach.Quorum | PolicyReach.Stream;
    private const long SegmentBytesMax = 3_000_000_000;

    private static readonly FrozenDictionary<string, PolicyKey> Table = new PolicyKey[]
    {
        new("alternate-exchange", Text("alternate exchange name"), PolicyReach.Exchange),
        new("message-ttl", Number(0, long.MaxValue, "message TTL"), Messages, PolicyReach.Stream, IsForOperator: true),
        new("expires", Number(1, long.MaxValue, "queue expiry"), Messages, PolicyReach.Stream, IsForOperator: true),
        new("max-length", Number(0, long.MaxValue, "maximum length"), Messages, PolicyReach.Stream, IsForOperator: true),
        new("max-length-bytes", Number(0, long.MaxValue, "maximum length in bytes"), PolicyReach.Queues, IsForOperator: true),
        new("overflow", Choice("overflow value", "drop-head", "reject-publish", "reject-publish-dlx"), Messages, PolicyReach.Stream, IsForOperator: true),
        new("dead-letter-exchange", Text("dead letter exchange name"), Messages, PolicyReach.Stream),
        new("dead-letter-routing-key", RoutingKey("dead letter routing key"), Messages, PolicyReach.Stream),
        new("dead-letter-strategy", Choice("dead letter strategy", "at-most-once", "at-least-once"), PolicyReach.Quorum, NotQuorum),
        new("delivery-limit", Number(long.MinValue, long.MaxValue, "delivery limit"), PolicyReach.Quorum, NotQuorum, IsForOperator: true),
        new("delayed-retry-type", Choice("delayed retry type. Must be one of: all, failed, returned, disabled", "all", "failed", "returned", "disabled"), PolicyReach.Quorum, NotQuorum, IsForOperator: true),
        new("delayed-retry-min", Number(1, long.MaxValue, "delayed retry minimum delay. Must be a positive integer"), PolicyReach.Quorum, NotQuorum, IsForOperator: true),
        new("delayed-retry-max", Number(1, long.MaxValue, "delayed retry maximum delay. Must be a positive integer"), PolicyReach.Quorum, NotQuorum, IsForOperator: true),
        new("delayed-retry-multiplier", Number(1, RetryRule.MultiplierHighest, "delayed retry multiplier"), PolicyReach.Quorum, NotQuorum, IsForOperator: true),
        new("delayed-retry-jitter", Number(0, 100, "delayed retry jitter in percent"), PolicyReach.Quorum, NotQuorum, IsForOperator: true),
        new("consumer-timeout", Number(0, long.MaxValue, "consumer timeout"), Messages),
        new("sequence-header", Flag("sequence-header value"), Messages, PolicyReach.Stream),
        new("message-deduplication", Flag("message-deduplication value"), Messages, PolicyReach.Stream, IsForOperator: true),
        new("deduplication-header", NotEmpty("deduplication header name"), Messages, PolicyReach.Stream, IsForOperator: true),
        new("cache-size", Number(1, DeduplicationRule.CountHighest, "cache size"), Messages, PolicyReach.Stream, IsForOperator: true),
        new("cache-ttl", Number(1, long.MaxValue, "cache TTL"), Messages, PolicyReach.Stream, IsForOperator: true),
        new("ack-retention", Number(0, long.MaxValue, "retention of acknowledged messages"), Messages, PolicyReach.Stream, IsForOperator: true),
        new("message-groups", Flag("message-groups value"), Messages, PolicyReach.Stream, IsForOperator: true),
        new("max-age", MaxAge, PolicyReach.Stream, Messages),
        new("stream-max-segment-size-bytes", Number(0, SegmentBytesMax, "segment size"), PolicyReach.Stream, Messages),
        new("stream-filter-size-bytes", Number(16, 255, "filter size. Valid range is 16-255"), PolicyReach.Stream),

        // How and where to keep a queue: a single node has one way and one place.
        new("queue-mode", Choice("queue-mode value", "default", "lazy"), PolicyReach.Classic, NotClassic),
        new("queue-version", Number(1, 2, "queue-version value"), Messages, IsForOperator: true),
        new("max-in-memory-length", Number(0, long.MaxValue, "maximum memory in bytes"), PolicyReach.Quorum, NotQuorum, IsForOperator: true),
        new("max-in-memory-bytes", Number(0, long.MaxValue, "maximum memory in bytes"), PolicyReach.Quorum, NotQuorum, IsForOperator: true),
        new("queue-leader-locator", Choice("queue leader locator value", "client-local", "balanced", "random", "least-leaders"), PolicyReach.Queues),
        new("queue-master-locator", Choice("master locator", "client-local", "min-masters", "random"), PolicyReach.Classic, NotClassic, IsForOperator: true),
        new("initial-cluster-size", Number(0, long.MaxValue, "cluster size"), PolicyReach.Stream, Messages),
        new("target-group-size", Number(1, long.MaxValue, "qq target count value"), PolicyReach.Quorum, NotQuorum, IsForOperator: true),
        new("member-placement-tag", NotEmpty("member-placement-tag value. Must be a non-empty string"), PolicyReach.Quorum, IsForOperator: true),
        new("consumer-disconnected-timeout", Number(0, long.MaxValue, "consumer disconnected timeout"), PolicyReach.Quorum),
        new("ha-mode", Choice("ha-mode value", "all", "exactly", "nodes"), PolicyReach.Classic, NotClassic),
        new("ha-params", Anything, PolicyReach.Classic, NotClassic),
        new("ha-sync-mode", Choice("ha-sync-mode value", "manual", "automatic"), PolicyReach.Classic, NotClassic),
        new("ha-sync-batch-size", Number(1, long.MaxValue, "ha-sync-batch-size value"), PolicyReach.Classic),
        new("ha-promote-on-shutdown", Choice("ha-promote-on-shutdown value", "always", "when-synced"), PolicyReach.Classic, NotClassic),
        new("ha-promote-on-failure", Choice("ha-promote-on-failure value", "always", "when-synced"), PolicyReach.Classic, NotClassic),
        new("federation-upstream", Text("federation upstream name"), PolicyReach.All),
        new("federation-upstream-set", Text("federation upstream set name"), PolicyReach.All),
        new("federation-upstream-pattern", Text("federation upstream pattern name"), PolicyReach.All),
    }.ToFrozenDictionary(key => key.Name, StringComparer.Ordinal);

    /// <summary>Refuses a definition whose settings are unknown, wrong, against each other, or for nothing that the policy is for.</summary>
    /// <exception cref="RefusedException">With the reason.</exception>
    public static void Check(PolicyKind kind, PolicyTarget target, FieldTable definition)
    {
        if (definition.Count == 0)
        {
            RefusalTexts.ThrowInvalidPolicy("no policy provided");
        }

        string[] unknown = [.. definition.Where(setting => Find(kind, setting.Key) is null).Select(setting => $"{{{ArgumentValues.Term(setting.Key)},{ArgumentValues.Term(setting.Value)}}}")];
        if (unknown.Length > 0)
        {
            RefusalTexts.ThrowInvalidPolicy($"[{string.Join(',', unknown)}] are not recognised policy settings");
        }

        foreach ((string name, object? value) in definition)
        {
            if (Table[name].Check(value) is { } problem)
            {
                RefusalTexts.ThrowInvalidPolicy(problem);
            }
        }

        CheckTogether(definition);
        CheckRetry(definition);
        PolicyReach reach = PolicyTargets.GetReach(target) & ~GetExcluded(definition);
        if (definition.All(setting => (Table[setting.Key].Effect & reach) == PolicyReach.None))
        {
            RefusalTexts.ThrowInvalidPolicy(
                $"nothing that apply-to '{PolicyTargets.GetName(target)}' names has all of these settings: {string.Join(", ", definition.Select(setting => setting.Key))}");
        }
    }

    /// <summary>Queue types that pass over a policy with this definition.</summary>
    public static PolicyReach GetExcluded(FieldTable definition) =>
        definition.Aggregate(PolicyReach.None, (excluded, setting) => excluded | (Table.GetValueOrDefault(setting.Key)?.Excluded ?? PolicyReach.None));

    private static PolicyKey? Find(PolicyKind kind, string name) =>
        Table.TryGetValue(name, out PolicyKey? key) && (kind == PolicyKind.User || key.IsForOperator) ? key : null;

    private static void CheckTogether(FieldTable definition)
    {
        if (!definition.Contains("ha-mode") && definition.Any(setting => setting.Key.StartsWith("ha-", StringComparison.Ordinal)))
        {
            RefusalTexts.ThrowInvalidPolicy("ha-mode must be specified to specify ha-params, ha-sync-mode or ha-promote-on-shutdown");
        }

        if (definition.Count(setting => setting.Key.StartsWith("federation-upstream", StringComparison.Ordinal)) > 1)
        {
            RefusalTexts.ThrowInvalidPolicy("cannot specify federation-upstream, federation-upstream-set or federation-upstream-pattern together");
        }

        if (definition.TryGetString("dead-letter-strategy", out string? strategy) && strategy == "at-least-once"
            && definition.TryGetString("overflow", out string? overflow) && overflow != "reject-publish")
        {
            RefusalTexts.ThrowInvalidPolicy($"dead-letter-strategy at-least-once needs overflow reject-publish, not {overflow}");
        }
    }

    private static void CheckRetry(FieldTable definition)
    {
        bool hasMin = definition.TryGet("delayed-retry-min", out object? min);
        if (!hasMin && definition.TryGetString("delayed-retry-type", out string? type) && type != "disabled")
        {
            RefusalTexts.ThrowInvalidPolicy($"delayed-retry-min is required when delayed-retry-type is {type}");
        }

        if (definition.TryGet("delayed-retry-max", out object? max)
            && ArgumentValues.TryGetInteger(min, out long minMs) && ArgumentValues.TryGetInteger(max, out long maxMs) && maxMs < minMs)
        {
            RefusalTexts.ThrowInvalidPolicy($"delayed-retry-max ({maxMs}) must not be smaller than delayed-retry-min ({minMs})");
        }
    }

    private static string? Anything(object? value) => null;

    private static Func<object?, string?> Text(string noun) => value => value is string ? null : NotValid(value, noun);

    private static Func<object?, string?> RoutingKey(string noun) => value => value is string && !ArgumentChecks.IsLongerThanAKey(value) ? null : NotValid(value, noun);

    private static Func<object?, string?> Flag(string noun) => value => value is bool ? null : NotValid(value, noun);

    private static Func<object?, string?> NotEmpty(string noun) => value => value is string { Length: > 0 } ? null : NotValid(value, noun);

    private static Func<object?, string?> Choice(string noun, params string[] choices) =>
        value => value is string text && choices.Contains(text, StringComparer.Ordinal) ? null : NotValid(value, noun);

    private static Func<object?, string?> Number(long least, long most, string noun) =>
        value => value is not FieldTimestamp && ArgumentValues.TryGetInteger(value, out long number) && number >= least && number <= most ? null : NotValid(value, noun);

    /// <summary>A number and one of the units Y, M, D, h, m, s.</summary>
    private static string? MaxAge(object? value) =>
        value is string { Length: > 1 } text
        && text[^1] is 'Y' or 'M' or 'D' or 'h' or 'm' or 's'
        && uint.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out _) ? null : NotValid(value, "max age");

    private static string NotValid(object? value, string noun) => $"{ArgumentValues.Term(value)} is not a valid {noun}";
}
