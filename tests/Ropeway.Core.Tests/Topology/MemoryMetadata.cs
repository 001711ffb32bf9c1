using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Ropeway.Core.Topology;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Topology;

/// <summary>
/// Definitions in memory, with the batches counted; they survive a "restart" of the hosts that use them. Logs are those of the shared store.
/// </summary>
internal sealed class MemoryMetadata : IMetadataStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<byte[], byte[]> _entries = new(ByteArrayComparer.Instance);
    private ulong _index;

    /// <summary>Logs that exist.</summary>
    public HashSet<ulong> Logs { get; } = [];

    /// <summary>Batches applied so far; also the last index.</summary>
    public ulong Index => _index;

    /// <summary>Called before a batch is applied, by the thread that changes something: what others do meanwhile.</summary>
    public Action? Applying { get; set; }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    public ulong AllocateLogId() => SharedStore.Store.Metadata.AllocateLogId();

    public IReadOnlyList<KeyValuePair<byte[], byte[]>> Snapshot()
    {
        lock (_gate)
        {
            return [.. _entries];
        }
    }

    public ulong Apply(MetadataBatch batch)
    {
        Applying?.Invoke();
        lock (_gate)
        {
            ReadOnlySpan<byte> rest = Operations(batch);
            while (!rest.IsEmpty)
            {
                rest = Apply(rest);
            }

            return ++_index;
        }
    }

    public void Put(byte[] key, byte[] value) => _entries[key] = value;

    // The bytes as the journal gets them: u8 operation, then u32 lengths and bytes, or a u64 log id.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Operations")]
    private static extern ReadOnlySpan<byte> Operations(MetadataBatch batch);

    private void ApplyToLog(bool create, ulong id)
    {
        var batch = new MetadataBatch();
        if (create)
        {
            Logs.Add(id);
            batch.CreateLog(id);
        }
        else
        {
            Logs.Remove(id);
            batch.DeleteLog(id);
        }

        SharedStore.Store.Metadata.Apply(batch);
    }

    private ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> rest)
    {
        byte operation = rest[0];
        rest = rest[1..];
        if (operation is 3 or 4)
        {
            ulong id = BinaryPrimitives.ReadUInt64LittleEndian(rest);
            ApplyToLog(operation == 3, id);
            return rest[8..];
        }

        int keyBytes = BinaryPrimitives.ReadInt32LittleEndian(rest);
        if (operation == 2)
        {
            _entries.Remove(rest.Slice(4, keyBytes).ToArray());
            return rest[(4 + keyBytes)..];
        }

        int valueBytes = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
        _entries[rest.Slice(8, keyBytes).ToArray()] = rest.Slice(8 + keyBytes, valueBytes).ToArray();
        return rest[(8 + keyBytes + valueBytes)..];
    }
}
