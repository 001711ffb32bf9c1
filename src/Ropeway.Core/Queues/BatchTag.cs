namespace Ropeway.Core.Queues;

/// <summary>What the byte says that the store keeps beside each batch of a queue's messages: what a recovery must know without reading them. In a queue with priorities it is the level instead.</summary>
internal static class BatchTag
{
    /// <summary>Nothing.</summary>
    public const byte None = 0;

    /// <summary>A message in the batch expires.</summary>
    public const byte Expiring = 1;
}
