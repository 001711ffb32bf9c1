using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Ropeway.Buffers;

/// <summary>
/// A reference-counted piece of memory outside the garbage collector's heap. Whoever holds a reference may read it from any
/// thread; the memory goes back to its pool (or to the system) when the last reference is released.
/// </summary>
/// <remarks>Writing is the first owner's right alone. Using a block after releasing the last reference is a programmer's fault.</remarks>
public sealed unsafe class NativeBlock : MemoryManager<byte>
{
    private readonly NativeBlockPool? _pool;
    private byte* _memory;
    private int _references;

    internal NativeBlock(int bytes, NativeBlockPool? pool)
    {
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 4096);
        Bytes = bytes;
        _pool = pool;
        _references = 1;
    }

    /// <summary>Allocates a block that belongs to no pool, with one reference.</summary>
    /// <param name="bytes">Capacity in bytes, at least 1.</param>
    public static NativeBlock Allocate(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        return new NativeBlock(bytes, pool: null);
    }

    /// <summary>Capacity in bytes.</summary>
    public int Bytes { get; }

    /// <summary>Address of the first byte, for system calls. Valid only while a reference is held.</summary>
    public nint Address => (nint)_memory;

    /// <summary>The whole block as a span. Valid only while a reference is held.</summary>
    public Span<byte> Span
    {
        get
        {
            Debug.Assert(_references > 0, "A block was used after its last reference was released.");
            return new Span<byte>(_memory, Bytes); // In bounds: the allocation is exactly Bytes long.
        }
    }

    /// <summary>Takes one more reference. The caller must already hold one.</summary>
    public void AddReference()
    {
        int references = Interlocked.Increment(ref _references);
        Debug.Assert(references > 1, "A reference was added to a released block.");
    }

    /// <summary>Takes a reference unless the block has already been given back.</summary>
    /// <returns>False when the last reference is gone; the block must then not be touched.</returns>
    public bool TryAddReference()
    {
        int seen = Volatile.Read(ref _references);
        while (seen > 0)
        {
            int before = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>Gives one reference back; the last one returns the memory.</summary>
    public void Release()
    {
        int references = Interlocked.Decrement(ref _references);
        Debug.Assert(references >= 0, "A block was released once too often.");
        if (references == 0)
        {
            if (_pool is null)
            {
                Free();
            }
            else
            {
                _pool.Return(this);
            }
        }
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => Span;

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(_memory + elementIndex);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    internal void Revive() => Volatile.Write(ref _references, 1);

    internal void Free()
    {
        byte* memory = _memory;
        _memory = null;
        NativeMemory.AlignedFree(memory);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // The reference count decides; disposing a view of the memory must not free it.
    }
}
