namespace Ropeway.Core.Topology;

/// <summary>Names of declare arguments that the broker looks at by itself.</summary>
internal static class ArgumentNames
{
    public const string AlternateExchange = "alternate-exchange";
    public const string QueueType = "x-queue-type";
    public const string DeadLetterExchange = "x-dead-letter-exchange";
    public const string Match = "x-match";
}
