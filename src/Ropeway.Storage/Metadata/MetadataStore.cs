using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>The metadata on the store's own journal. Its lock comes after a log's gate and before the tail's lock.</summary>
internal sealed class MetadataStore : IMetadataStore
{
    private readonly Lock _gate = new();
    private readonly MetadataState _state;
    private readonly LogCatalog _catalog;
    private readonly StoreSpaces _spaces;

    public MetadataStore(MetadataState state, LogCatalog catalog, StoreSpaces spaces)
    {
        _state = state;
        _catalog = catalog;
        _spaces = spaces;
    }

    public ulong AllocateLogId() => _catalog.AllocateId();

    public IReadOnlyList<KeyValuePair<byte[], byte[]>> Snapshot()
    {
        lock (_gate)
        {
            return _state.Snapshot();
        }
    }

    public ulong Apply(MetadataBatch batch)
    {
        if (batch.Count == 0)
        {
            return 0;
        }

        ulong index;
        lock (_gate)
        {
            ReadOnlySpan<byte> operations = batch.Operations;
            TailReservation reservation = _spaces.Journal.Reserve(new BatchRequest
            {
                Type = BatchType.Metadata,
                PayloadBytes = operations.Length,
                Count = batch.Count,
            });
            operations.CopyTo(reservation.Payload);
            _spaces.Journal.Filled(reservation);
            index = reservation.Index;
            _state.Apply(operations, _catalog);
        }

        _catalog.DropDeleted(); // Takes the gates of deleted logs, so not under the lock.
        return index;
    }

    /// <summary>Entries and logs of one moment, for a checkpoint.</summary>
    public List<KeyValuePair<byte[], byte[]>> Capture(out List<StoredLog> logs)
    {
        lock (_gate)
        {
            logs = [.. _catalog.Durable];
            return _state.Snapshot();
        }
    }
}
