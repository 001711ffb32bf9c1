namespace Ropeway.Storage;

/// <summary>The ordered log of one shard, as replication sees it. Any thread may call it.</summary>
public interface IShardLog
{
    /// <summary>Highest durable index, inclusive; 0 when there is none.</summary>
    ulong CommittedIndex { get; }

    /// <summary>Epoch in which this process writes.</summary>
    uint Epoch { get; }

    /// <summary>Appends one batch in memory; it becomes durable with the next group.</summary>
    /// <param name="batch">Type, tag, flags, log, first offset, count, payload and the writer's epoch; the index is given by the log.</param>
    /// <returns>The index to wait for.</returns>
    /// <exception cref="StoreFailedException">The store has failed; carries the first cause.</exception>
    /// <exception cref="StoreException">Kind <see cref="StoreFault.Sealed"/>: the batch's epoch is below the sealed one.</exception>
    ulong Append(in ShardBatch batch);

    /// <summary>Hands committed batches from <paramref name="index"/> on to <paramref name="reader"/>, on the caller's thread.</summary>
    /// <param name="index">First index wanted, inclusive, at least 1.</param>
    /// <param name="reader">Receives the batches.</param>
    ShardReadStatus ReadFrom(ulong index, IShardReader reader);

    /// <summary>Calls <paramref name="waiter"/> once when <paramref name="index"/> is durable.</summary>
    /// <param name="index">Index to wait for, inclusive.</param>
    /// <param name="waiter">Called on the commit thread.</param>
    /// <returns>False when it is durable already; the waiter is then not registered.</returns>
    /// <exception cref="StoreFailedException">The store has failed before that index became durable.</exception>
    bool OnCommitted(ulong index, ICommitWaiter waiter);

    /// <summary>Refuses every further append of an epoch below <paramref name="epoch"/>. It cannot be lowered.</summary>
    /// <param name="epoch">Lowest epoch that may still append.</param>
    void Seal(uint epoch);
}
