namespace Ropeway.Core.Topology;

/// <summary>Names of declare arguments that the broker looks at by itself.</summary>
internal static class ArgumentNames
{
    public const string AlternateExchange = "alternate-exchange";
    public const string QueueType = "x-queue-type";
    public const string DeadLetterExchange = "x-dead-letter-exchange";
    public const string HashHeader = "hash-header";
    public const string HashProperty = "hash-property";
    public const string RecentHistoryLength = "x-recent-history-length";
    public const string DelayedType = "x-delayed-type";
    public const string Match = "x-match";
}
