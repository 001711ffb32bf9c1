using System.Buffers;
using System.Buffers.Binary;

namespace Ropeway.Storage;

/// <summary>Blind writes that <see cref="IMetadataStore.Apply"/> makes atomically, in the order they were added. Not thread-safe.</summary>
/// <remarks>The operations lie behind each other as they will in the journal: one byte <see cref="MetadataOperation"/>, then its fields, little-endian.</remarks>
public sealed class MetadataBatch
{
    /// <summary>Bytes that all operations of one batch may take together.</summary>
    public const int BytesMax = 512 * 1024;

    private readonly ArrayBufferWriter<byte> _operations = new();

    /// <summary>Operations added since the last <see cref="Clear"/>.</summary>
    public int Count { get; private set; }

    internal ReadOnlySpan<byte> Operations => _operations.WrittenSpan;

    /// <summary>Sets the value of a key.</summary>
    /// <exception cref="InvalidOperationException">The batch would exceed <see cref="BytesMax"/>.</exception>
    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Span<byte> target = Begin(MetadataOperation.Put, 8 + key.Length + value.Length);
        BinaryPrimitives.WriteInt32LittleEndian(target, key.Length);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], value.Length);
        key.CopyTo(target[8..]);
        value.CopyTo(target[(8 + key.Length)..]);
    }

    /// <summary>Removes a key; nothing happens when it is not there.</summary>
    /// <exception cref="InvalidOperationException">The batch would exceed <see cref="BytesMax"/>.</exception>
    public void Delete(ReadOnlySpan<byte> key)
    {
        Span<byte> target = Begin(MetadataOperation.Delete, 4 + key.Length);
        BinaryPrimitives.WriteInt32LittleEndian(target, key.Length);
        key.CopyTo(target[4..]);
    }

    /// <summary>Makes an empty durable log; <see cref="Store.TryGetLog"/> finds it once the batch is applied.</summary>
    /// <param name="id">From <see cref="IMetadataStore.AllocateLogId"/>.</param>
    /// <exception cref="InvalidOperationException">The batch would exceed <see cref="BytesMax"/>.</exception>
    public void CreateLog(ulong id) => BinaryPrimitives.WriteUInt64LittleEndian(Begin(MetadataOperation.CreateLog, 8), id);

    /// <summary>Deletes a log with everything in it; unknown ids are ignored. Whoever applies the batch holds no gate but possibly this log's.</summary>
    /// <exception cref="InvalidOperationException">The batch would exceed <see cref="BytesMax"/>.</exception>
    public void DeleteLog(ulong id) => BinaryPrimitives.WriteUInt64LittleEndian(Begin(MetadataOperation.DeleteLog, 8), id);

    /// <summary>Forgets all operations so that the batch can be used again.</summary>
    public void Clear()
    {
        _operations.ResetWrittenCount();
        Count = 0;
    }

    private Span<byte> Begin(MetadataOperation operation, int bytes)
    {
        if (_operations.WrittenCount + 1 + bytes > BytesMax)
        {
            throw new InvalidOperationException($"A metadata batch holds at most {BytesMax} bytes.");
        }

        Span<byte> target = _operations.GetSpan(1 + bytes)[..(1 + bytes)];
        target[0] = (byte)operation;
        _operations.Advance(1 + bytes);
        Count++;
        return target[1..];
    }
}
