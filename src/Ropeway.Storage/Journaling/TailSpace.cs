using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Ropeway.Buffers;

namespace Ropeway.Storage.Journaling;

/// <summary>
/// A growing space of positions whose recent end lies in memory blocks, laid out as it will be in files. Appenders reserve, copy, and say
/// when they are done; readers pin blocks. This type alone has no files: it is the store's space for transient messages.
/// Any thread may call it. Nothing here survives a crash.
/// </summary>
/// <remarks>
/// A batch never straddles a block; what is left of a block is filled with a padding batch, and a rest too small for a header (1 to 47
/// bytes) is never left. Lock order: the gate is innermost, except that the block pool's lock may be taken inside it.
/// </remarks>
internal class TailSpace : IDisposable
{
    private readonly int _blockShift;
    private readonly int _blockMask;
    private readonly bool _hasFiles;
    private readonly uint _epoch;
    private readonly ushort _shard;
    private BlockSlot[] _slots = new BlockSlot[32]; // A ring, oldest at _head.
    private int _head;
    private int _count;
    private long _firstBlock; // Number of the block at _head.
    private long _startPosition; // Lowest position with content in memory.
    private long _nextPosition;
    private ulong _nextIndex;
    private NativeBlock? _spare;
    private bool _blockAdded;

    public TailSpace(TailOptions options)
        : this(options, hasFiles: false, startPosition: 0, nextIndex: 0, epoch: 0, shard: 0)
    {
    }

    private protected TailSpace(TailOptions options, bool hasFiles, long startPosition, ulong nextIndex, uint epoch, ushort shard)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!BitOperations.IsPow2(options.Blocks.BlockBytes) || options.Blocks.BlockBytes < 4096)
        {
            throw new ArgumentOutOfRangeException(nameof(options), "The block size must be a power of two of at least 4 KiB.");
        }

        Options = options;
        _blockShift = BitOperations.Log2((uint)options.Blocks.BlockBytes);
        _blockMask = options.Blocks.BlockBytes - 1;
        _hasFiles = hasFiles;
        _startPosition = startPosition;
        _nextPosition = startPosition;
        _nextIndex = nextIndex;
        _epoch = epoch;
        _shard = shard;
        _firstBlock = startPosition >> _blockShift;
        if ((startPosition & _blockMask) != 0)
        {
            PushBlock(); // The part below the start stays undefined; nobody can pin it.
        }
    }

    public TailOptions Options { get; }

    public int BlockBytes => _blockMask + 1;

    /// <summary>Largest payload of one batch.</summary>
    public int PayloadBytesMax => BlockBytes - (2 * BatchHeader.HeaderBytes);

    /// <summary>Position of the next batch.</summary>
    public long NextPosition
    {
        get
        {
            lock (Gate)
            {
                return _nextPosition;
            }
        }
    }

    /// <summary>Lowest position still in memory.</summary>
    public long StartPosition
    {
        get
        {
            lock (Gate)
            {
                return _startPosition;
            }
        }
    }

    /// <summary>Bytes of the blocks held by the space itself; blocks that only readers still hold do not count.</summary>
    public long MemoryBytes => (long)Volatile.Read(ref _count) << _blockShift;

    /// <summary>Whether more memory is held than the budget allows.</summary>
    public bool IsOverBudget => MemoryBytes > Options.BudgetBytes;

    /// <summary>Guards positions, blocks and what the journal keeps beside them.</summary>
    private protected Lock Gate { get; } = new();

    private protected uint WriterEpoch => _epoch;

    private protected long NextPositionLocked => _nextPosition;

    private protected ulong NextIndexLocked => _nextIndex;

    /// <summary>Takes space for one batch and writes its header. Never waits for the disk.</summary>
    /// <param name="request">What to reserve; at most <see cref="PayloadBytesMax"/>.</param>
    /// <returns>Space whose payload must be filled completely and then given to <see cref="Filled"/>, whatever happens.</returns>
    /// <exception cref="StoreFailedException">The journal has failed.</exception>
    public TailReservation Reserve(in BatchRequest request)
    {
        if ((uint)request.PayloadBytes > (uint)PayloadBytesMax)
        {
            ThrowTooLarge(request.PayloadBytes);
        }

        TailReservation reservation;
        bool blockAdded;
        lock (Gate)
        {
            reservation = ReserveLocked(request, AdmitLocked());
            blockAdded = _blockAdded;
            _blockAdded = false;
        }

        if (blockAdded)
        {
            Options.OnBlockAdded?.Invoke();
        }

        return reservation;
    }

    /// <summary>As <see cref="Reserve"/>, if the batch comes to lie in the block of an earlier one and not too far behind it.</summary>
    /// <param name="request">What to reserve.</param>
    /// <param name="position">Position of the earlier batch.</param>
    /// <param name="spanBytesMax">Bytes from there to the end of the new batch at most.</param>
    /// <param name="reservation">The space, when the answer is true.</param>
    /// <exception cref="StoreFailedException">The journal has failed.</exception>
    public bool TryReserveNear(in BatchRequest request, long position, int spanBytesMax, out TailReservation reservation)
    {
        lock (Gate)
        {
            int parity = AdmitLocked();
            int batchBytes = BatchHeader.BatchBytesFor(request.PayloadBytes);
            int left = BlockBytes - ((int)_nextPosition & _blockMask) - batchBytes;
            bool isNear = left is 0 or >= BatchHeader.HeaderBytes
                && position >> _blockShift == _nextPosition >> _blockShift
                && _nextPosition + batchBytes - position <= spanBytesMax;
            reservation = isNear ? ReserveLocked(request, parity) : default;
            return isNear;
        }
    }

    /// <summary>The reservation's payload is complete. Exactly once per reservation.</summary>
    public void Filled(in TailReservation reservation)
    {
        if (_hasFiles)
        {
            OnFilled(reservation.Parity);
        }
        else
        {
            reservation.Block.Release();
        }
    }

    /// <summary>Takes a reference on the block that holds a position; the caller releases it.</summary>
    /// <param name="position">Position of a batch that is filled.</param>
    /// <param name="block">The block, or null.</param>
    /// <param name="offset">Where the position lies in the block.</param>
    /// <returns>False when the position is no longer (or not yet) in memory.</returns>
    public bool TryPin(long position, [NotNullWhen(true)] out NativeBlock? block, out int offset)
    {
        lock (Gate)
        {
            offset = (int)position & _blockMask;
            if (position < _startPosition || position >= _nextPosition)
            {
                block = null;
                return false;
            }

            block = SlotAt(position >> _blockShift).Block!;
            block.AddReference();
            return true;
        }
    }

    /// <summary>For a space without files: gives back the blocks that lie wholly below a position.</summary>
    public void Drop(long belowPosition)
    {
        Debug.Assert(!_hasFiles, "The journal evicts by itself.");
        lock (Gate)
        {
            while (_count > 0 && (_firstBlock + 1) << _blockShift <= Math.Min(belowPosition, _nextPosition))
            {
                PopBlock().Release();
            }
        }
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives all blocks back. Nobody may reserve any more.</summary>
    protected virtual void Dispose(bool disposing)
    {
        lock (Gate)
        {
            while (_count > 0)
            {
                PopBlock().Release();
            }

            _spare?.Release();
            _spare = null;
        }

        Options.Blocks.Dispose();
    }

    /// <summary>Under the gate, before space is taken: throws when nothing may be appended.</summary>
    /// <returns>The parity of the group that the reservation will belong to.</returns>
    private protected virtual int AdmitLocked() => 0;

    /// <summary>Under the gate: an appender got its space; the group must wait until it is filled.</summary>
    private protected virtual void OnReservedLocked(int parity)
    {
    }

    /// <summary>Under the gate: a batch (or padding) took its place.</summary>
    private protected virtual void OnTakenLocked(in GroupEntry entry)
    {
    }

    /// <summary>Under the gate: the batch with this index will be the first of a new block.</summary>
    private protected virtual void OnBlockStartLocked(long position, ulong index)
    {
    }

    private protected virtual void OnFilled(int parity)
    {
    }

    /// <summary>Takes space under the gate. The header is not written yet.</summary>
    private protected TailReservation TakeLocked(in BatchRequest request, int parity)
    {
        int batchBytes = BatchHeader.BatchBytesFor(request.PayloadBytes);
        int offset = (int)_nextPosition & _blockMask;
        int left = BlockBytes - offset - batchBytes;
        if (left != 0 && left < BatchHeader.HeaderBytes)
        {
            PadLocked(offset);
            offset = 0;
        }

        if (offset == 0)
        {
            PushBlock();
            OnBlockStartLocked(_nextPosition, _nextIndex);
        }

        long position = _nextPosition;
        ulong index = _hasFiles ? _nextIndex++ : 0;
        _nextPosition = position + batchBytes;
        ref BlockSlot slot = ref SlotAt(position >> _blockShift);
        slot.UsedBytes = offset + batchBytes;
        slot.HasMessages |= request.Type == BatchType.Messages;
        if (_hasFiles)
        {
            OnTakenLocked(new GroupEntry(position, batchBytes, request.Type, request.LogId, request.FirstOffset, request.Count));
        }

        return new TailReservation(slot.Block!, offset, request, position, index, parity);
    }

    private protected void WriteHeader(in TailReservation reservation, in BatchRequest request)
    {
        int batchBytes = BatchHeader.BatchBytesFor(request.PayloadBytes);
        var header = new BatchHeader
        {
            BatchBytes = batchBytes,
            Type = request.Type,
            Tag = request.Tag,
            Flags = request.Flags,
            PadBytes = (byte)(batchBytes - BatchHeader.HeaderBytes - request.PayloadBytes),
            Count = request.Count,
            Index = reservation.Index,
            LogId = request.LogId,
            FirstOffset = request.FirstOffset,
            Epoch = _epoch,
            Shard = _shard,
        };
        header.Write(reservation.Block.Span.Slice(reservation.BatchOffset, batchBytes));
    }

    /// <summary>Under the gate: the block that holds a position, and how many of its bytes are to be written at most.</summary>
    private protected (NativeBlock Block, int UsedBytes) BlockAtLocked(long position)
    {
        ref BlockSlot slot = ref SlotAt(position >> _blockShift);
        return (slot.Block!, slot.UsedBytes);
    }

    /// <summary>Takes the oldest block from the space when it lies below a position, and the budget is exceeded or nobody will read the block: there is no message in it.</summary>
    /// <returns>The block, to be released by the caller without locks; null when there is none.</returns>
    private protected NativeBlock? EvictOne(long belowPosition)
    {
        lock (Gate)
        {
            bool mayGo = _count > 1 && (_firstBlock + 1) << _blockShift <= belowPosition && (IsOverBudget || !_slots[_head].HasMessages);
            return mayGo ? PopBlock() : null;
        }
    }

    /// <summary>Makes sure that the next new block costs the appender nothing.</summary>
    private protected void KeepSpare()
    {
        if (Volatile.Read(ref _spare) is null)
        {
            NativeBlock block = Options.Blocks.Rent();
            lock (Gate)
            {
                if (_spare is null)
                {
                    _spare = block;
                    return;
                }
            }

            block.Release();
        }
    }

    private TailReservation ReserveLocked(in BatchRequest request, int parity)
    {
        TailReservation reservation = TakeLocked(request, parity);
        if (_hasFiles)
        {
            OnReservedLocked(parity);
        }
        else
        {
            reservation.Block.AddReference(); // Dropping the block must not pull it from under the appender.
        }

        WriteHeader(reservation, request); // Under the gate: readers of later batches walk over this one.
        return reservation;
    }

    private void PadLocked(int offset)
    {
        int padBytes = BlockBytes - offset;
        ref BlockSlot slot = ref SlotAt(_nextPosition >> _blockShift);
        Span<byte> batch = slot.Block!.Span[offset..];
        var header = new BatchHeader
        {
            BatchBytes = padBytes,
            Type = BatchType.Padding,
            Index = _hasFiles ? _nextIndex++ : 0,
            Epoch = _epoch,
            Shard = _shard,
        };
        header.Write(batch);
        BatchHeader.Seal(batch, (ulong)_nextPosition);
        slot.UsedBytes = offset + BatchHeader.HeaderBytes; // The rest of the block is never written.
        if (_hasFiles)
        {
            OnTakenLocked(new GroupEntry(_nextPosition, padBytes, BatchType.Padding, 0, 0, 0));
        }

        _nextPosition += padBytes;
    }

    private void PushBlock()
    {
        if (_count == _slots.Length)
        {
            var slots = new BlockSlot[_slots.Length * 2];
            for (int i = 0; i < _count; i++)
            {
                slots[i] = _slots[(_head + i) & (_slots.Length - 1)];
            }

            _slots = slots;
            _head = 0;
        }

        if (_count == 0)
        {
            _firstBlock = _nextPosition >> _blockShift;
            _startPosition = _nextPosition;
        }

        ref BlockSlot slot = ref _slots[(_head + _count) & (_slots.Length - 1)];
        slot.Block = _spare ?? Options.Blocks.Rent();
        slot.UsedBytes = 0;
        slot.HasMessages = false;
        _spare = null;
        _count++;
        _blockAdded = true;
    }

    private NativeBlock PopBlock()
    {
        ref BlockSlot slot = ref _slots[_head];
        NativeBlock block = slot.Block!;
        slot.Block = null;
        _head = (_head + 1) & (_slots.Length - 1);
        _count--;
        _firstBlock++;
        _startPosition = _firstBlock << _blockShift;
        return block;
    }

    private ref BlockSlot SlotAt(long block) => ref _slots[(_head + (int)(block - _firstBlock)) & (_slots.Length - 1)];

    [DoesNotReturn]
    private void ThrowTooLarge(int payloadBytes) =>
        throw new ArgumentOutOfRangeException(nameof(payloadBytes), payloadBytes, $"A batch holds at most {PayloadBytesMax} bytes.");

    private struct BlockSlot
    {
        public NativeBlock? Block;
        public int UsedBytes;
        public bool HasMessages;
    }
}
