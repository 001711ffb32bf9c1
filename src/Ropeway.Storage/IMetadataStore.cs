namespace Ropeway.Storage;

/// <summary>
/// The broker's definitions as key/value bytes, changed only by journal records. Any thread may call it; a change is visible in
/// memory at once and durable when the returned index is committed.
/// </summary>
public interface IMetadataStore
{
    /// <summary>A new id for a durable log. Ids are never reused, also not over restarts. The log exists after a batch with <see cref="MetadataBatch.CreateLog"/>.</summary>
    ulong AllocateLogId();

    /// <summary>All entries now, in no particular order. The arrays must not be changed.</summary>
    IReadOnlyList<KeyValuePair<byte[], byte[]>> Snapshot();

    /// <summary>Applies a batch atomically.</summary>
    /// <param name="batch">The operations; may be reused afterwards.</param>
    /// <returns>The index to wait for.</returns>
    /// <exception cref="StoreFailedException">The store has failed before.</exception>
    ulong Apply(MetadataBatch batch);
}
