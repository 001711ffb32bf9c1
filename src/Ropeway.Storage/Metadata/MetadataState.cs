using System.Buffers.Binary;

namespace Ropeway.Storage;

/// <summary>The key/value entries in memory, changed only by <see cref="Apply"/>: live and at recovery alike. Not thread-safe.</summary>
internal sealed class MetadataState
{
    private readonly Dictionary<byte[], byte[]> _entries = new(ByteKeyComparer.Instance);
    private byte[] _lastValue = [];

    public int Count => _entries.Count;

    public List<KeyValuePair<byte[], byte[]>> Snapshot() => [.. _entries];

    /// <summary>Sets the value of a key. Equal values that come one after the other share their bytes: very many entries say the same.</summary>
    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (!value.SequenceEqual(_lastValue))
        {
            _lastValue = value.ToArray();
        }

        _entries.GetAlternateLookup<ReadOnlySpan<byte>>()[key] = _lastValue;
    }

    /// <summary>Applies the payload of a metadata batch.</summary>
    /// <param name="operations">As <see cref="MetadataBatch"/> wrote them.</param>
    /// <param name="catalog">Where logs are made and deleted.</param>
    /// <exception cref="StoreException">Damaged: an operation this version does not know.</exception>
    public void Apply(ReadOnlySpan<byte> operations, ILogCatalog catalog)
    {
        while (operations.Length > 0)
        {
            var operation = (MetadataOperation)operations[0];
            operations = operations[1..];
            switch (operation)
            {
                case MetadataOperation.Put:
                    int keyBytes = BinaryPrimitives.ReadInt32LittleEndian(operations);
                    int valueBytes = BinaryPrimitives.ReadInt32LittleEndian(operations[4..]);
                    Put(operations.Slice(8, keyBytes), operations.Slice(8 + keyBytes, valueBytes));
                    operations = operations[(8 + keyBytes + valueBytes)..];
                    break;
                case MetadataOperation.Delete:
                    int bytes = BinaryPrimitives.ReadInt32LittleEndian(operations);
                    _entries.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(operations.Slice(4, bytes));
                    operations = operations[(4 + bytes)..];
                    break;
                case MetadataOperation.CreateLog:
                    catalog.CreateLog(BinaryPrimitives.ReadUInt64LittleEndian(operations));
                    operations = operations[8..];
                    break;
                case MetadataOperation.DeleteLog:
                    catalog.DeleteLog(BinaryPrimitives.ReadUInt64LittleEndian(operations));
                    operations = operations[8..];
                    break;
                default:
                    throw new StoreException(StoreFault.NewerVersion, $"The journal holds metadata operation {(byte)operation}, which this version does not know.");
            }
        }
    }
}
