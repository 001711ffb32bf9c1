namespace Ropeway.Storage;

/// <summary>Receives committed batches of a shard in index order.</summary>
public interface IShardReader
{
    /// <summary>One more batch. Indexes ascend; numbers that belong to the journal's own housekeeping and to shared parts are left out: records come whole.</summary>
    /// <param name="batch">Valid during this call only.</param>
    /// <returns>False to stop reading.</returns>
    bool OnBatch(in ShardBatch batch);
}
