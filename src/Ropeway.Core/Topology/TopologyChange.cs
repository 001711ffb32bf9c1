using Ropeway.Storage;

namespace Ropeway.Core.Topology;

/// <summary>
/// Collects the journal records of one operation and applies them atomically. An operation with very many records is cut into
/// several batches: the object that goes must be added first, since what belongs to a missing object is removed at the next start.
/// </summary>
/// <param name="metadata">Where the records go.</param>
internal sealed class TopologyChange(IMetadataStore metadata)
{
    private const int BatchBytesMax = 256 * 1024; // A batch must fit in a block of the journal.
    private const int OperationBytes = 32; // Room for the framing of an operation.

    private readonly MetadataBatch _batch = new();
    private int _batchBytes;
    private ulong _lastIndex;

    /// <summary>Sets an entry.</summary>
    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        MakeRoom(key.Length + value.Length);
        _batch.Put(key, value);
    }

    /// <summary>Removes an entry.</summary>
    public void Delete(ReadOnlySpan<byte> key)
    {
        MakeRoom(key.Length);
        _batch.Delete(key);
    }

    /// <summary>Makes a log.</summary>
    public void CreateLog(ulong id)
    {
        MakeRoom(0);
        _batch.CreateLog(id);
    }

    /// <summary>Deletes a log.</summary>
    public void DeleteLog(ulong id)
    {
        MakeRoom(0);
        _batch.DeleteLog(id);
    }

    /// <summary>Applies everything.</summary>
    /// <returns>The index to wait for; 0 when there was nothing to do.</returns>
    public ulong Apply()
    {
        if (_batchBytes > 0)
        {
            _lastIndex = metadata.Apply(_batch);
            _batch.Clear();
            _batchBytes = 0;
        }

        return _lastIndex;
    }

    private void MakeRoom(int bytes)
    {
        if (_batchBytes + bytes > BatchBytesMax)
        {
            Apply();
        }

        _batchBytes += bytes + OperationBytes;
    }
}
