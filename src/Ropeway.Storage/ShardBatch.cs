namespace Ropeway.Storage;

/// <summary>One batch of a shard as readers of the shard's log see it. Valid only during the call that hands it over.</summary>
public readonly ref struct ShardBatch
{
    /// <summary>What the payload holds.</summary>
    public BatchType Type { get; init; }

    /// <summary>The owner's byte; for messages the priority level.</summary>
    public byte Tag { get; init; }

    /// <summary>Bit 0: the one record's body lies in a file of its own. Bit 1: the batch belongs to a unit.</summary>
    public byte Flags { get; init; }

    /// <summary>Records in the payload.</summary>
    public int Count { get; init; }

    /// <summary>The log concerned; 0 for metadata.</summary>
    public ulong LogId { get; init; }

    /// <summary>Offset of the first record in its log.</summary>
    public long FirstOffset { get; init; }

    /// <summary>Number of the batch in the shard; ignored by <see cref="IShardLog.Append"/>.</summary>
    public ulong Index { get; init; }

    /// <summary>Epoch in which the batch was written. <see cref="IShardLog.Append"/> refuses one below the sealed epoch.</summary>
    public uint Epoch { get; init; }

    /// <summary>The payload, without header and padding.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }
}
