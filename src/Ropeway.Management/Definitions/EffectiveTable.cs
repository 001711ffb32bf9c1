using Ropeway.Core.Queues;
using Ropeway.Messages;

namespace Ropeway.Management.Definitions;

/// <summary>What holds for a queue, by the names that policies have for it. What is not set is left out.</summary>
internal static class EffectiveTable
{
    /// <summary>The table.</summary>
    public static FieldTable Of(EffectiveArguments effective)
    {
        var table = new FieldTable();
        Add(table, "message-ttl", effective.MessageTtlMs);
        Add(table, "expires", effective.ExpiresMs);
        Add(table, "max-length", effective.MaxLength);
        Add(table, "max-length-bytes", effective.MaxLengthBytes);
        Add(table, "max-age", effective.MaxAgeMs is { } maxAgeMs ? $"{maxAgeMs / 1000}s" : null);
        Add(table, "overflow", effective.Overflow switch
        {
            Overflow.RejectPublish => "reject-publish",
            Overflow.RejectPublishDlx => "reject-publish-dlx",
            _ => null,
        });
        Add(table, "dead-letter-exchange", effective.DeadLetterExchange);
        Add(table, "dead-letter-routing-key", effective.DeadLetterRoutingKey);
        Add(table, "dead-letter-strategy", effective.DeadLetterStrategy == DeadLetterStrategy.AtLeastOnce ? "at-least-once" : null);
        Add(table, "max-priority", effective.MaxPriority == 0 ? null : (long)effective.MaxPriority);
        Add(table, "single-active-consumer", effective.IsSingleActiveConsumer ? true : null);
        Add(table, "delivery-limit", effective.DeliveryLimit);
        Add(table, "delayed-retry-type", effective.Retry?.Kind switch
        {
            RetryKind.All => "all",
            RetryKind.Failed => "failed",
            RetryKind.Returned => "returned",
            _ => null,
        });
        Add(table, "delayed-retry-min", effective.Retry?.MinMs);
        Add(table, "delayed-retry-max", effective.Retry?.MaxMs);
        Add(table, "delayed-retry-multiplier", effective.Retry?.Multiplier);
        Add(table, "delayed-retry-jitter", effective.Retry is { JitterPercent: > 0 } retry ? (long)retry.JitterPercent : null);
        Add(table, "consumer-timeout", effective.ConsumerTimeoutMs);
        Add(table, "sequence-header", effective.HasSequenceHeader ? true : null);
        Add(table, "message-deduplication", effective.Deduplication is null ? null : true);
        Add(table, "deduplication-header", effective.Deduplication?.Header);
        Add(table, "cache-size", (long?)effective.Deduplication?.CountMax);
        Add(table, "cache-ttl", effective.Deduplication?.WindowMs);
        Add(table, "ack-retention", effective.AckRetentionMs);
        Add(table, "message-groups", effective.HasMessageGroups ? true : null);
        return table;
    }

    private static void Add(FieldTable table, string name, object? value)
    {
        if (value is not null)
        {
            table.Add(name, value);
        }
    }
}
