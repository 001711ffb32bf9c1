using System.Diagnostics;
using Ropeway.Buffers;

namespace Ropeway.Transport;

/// <summary>
/// What waits to be sent on one connection, in order: a ring of pieces, which are ranges of the outbox's own blocks (what the
/// session wrote) or of blocks that it was given (message bodies). Writers hold <see cref="Gate"/>; at most one thread sends
/// at a time. Nothing is held while nothing is pending.
/// </summary>
/// <remarks>
/// The bytes are bounded by the session, which stops adding deliveries while <see cref="IsBacklogged"/>, and by the
/// connection, which stops reading requests meanwhile. After the connection's end everything written is thrown away.
/// </remarks>
public sealed class Outbox
{
    private const int FirstPieceCapacity = 2; // Idle connections are many; those that send much grow it soon.

    // Takes what sessions write after the end; nobody reads it, so that all connections may share it.
    private static readonly Lazy<byte[]> Discard = new(() => GC.AllocateUninitializedArray<byte>(TransportLimits.OutboxSpanBytesMax));

    private readonly IOutboxTarget _target;
    private OutboxPiece[] _pieces = [];
    private int _head;
    private int _count;
    private NativeBlock? _tail; // The outbox's own reference on the block that is being written.
    private int _tailBytes;
    private long _pendingBytes;
    private bool _isBacklogged;
    private bool _stopsReading;
    private bool _isSending;
    private bool _isSealed;
    private bool _isDropped;

    internal Outbox(IOutboxTarget target)
    {
        _target = target;
    }

    /// <summary>The connection's gate. It is held for memory work only; a log's gate may be held outside it, never inside.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Bytes written and not yet taken by the network, in flight included. May be read without the gate.</summary>
    public long PendingBytes => Volatile.Read(ref _pendingBytes);

    /// <summary>
    /// True from more than <see cref="TransportLimits.OutboxBytesMax"/> pending bytes until fewer than half of it. May be
    /// read without the gate.
    /// </summary>
    public bool IsBacklogged => Volatile.Read(ref _isBacklogged);

    /// <summary>
    /// Called without the gate, on the thread that sent, when <see cref="IsBacklogged"/> becomes false and before reading goes
    /// on; not at the connection's end. It must not block. An exception aborts the connection.
    /// </summary>
    public Action? Drained { get; set; }

    /// <summary>
    /// True when the connection is at its end and everything written is thrown away. Under the gate the answer holds until it
    /// is left; may be read without it.
    /// </summary>
    public bool IsSealed => Volatile.Read(ref _isSealed);

    /// <summary>For the reader: true from the beginning of a backlog until <see cref="Drained"/> was called at its end. Without the gate.</summary>
    internal bool StopsReading => Volatile.Read(ref _stopsReading);

    /// <summary>Space to write to; under the gate. Write, then <see cref="Advance"/> before leaving the gate.</summary>
    /// <param name="bytes">1 to <see cref="TransportLimits.OutboxSpanBytesMax"/>.</param>
    /// <returns>At least that many contiguous bytes with undefined content.</returns>
    public Span<byte> GetSpan(int bytes)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread, "The outbox is written under its gate.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, TransportLimits.OutboxSpanBytesMax);
        if (_isSealed)
        {
            return Discard.Value;
        }

        if (_tail is null || _tail.Bytes - _tailBytes < bytes)
        {
            _tail?.Release(); // Its pieces hold references of their own.
            _tail = OutboxMemory.Rent(bytes);
            _tailBytes = 0;
        }

        return _tail.Span[_tailBytes..];
    }

    /// <summary>Adds the bytes just written to the front of the last <see cref="GetSpan"/>; under the gate.</summary>
    /// <param name="bytes">0 to the length of that span.</param>
    public void Advance(int bytes)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread, "The outbox is written under its gate.");
        if (_isSealed || bytes == 0)
        {
            return;
        }

        NativeBlock tail = _tail ?? throw new InvalidOperationException("Advance needs a GetSpan before it.");
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, tail.Bytes - _tailBytes);
        if (!TryExtendLast(tail, bytes))
        {
            tail.AddReference();
            Push(tail, _tailBytes, bytes);
        }

        _tailBytes += bytes;
        AddPending(bytes);
    }

    /// <summary>
    /// Adds a range of a block without copying it; under the gate. The outbox takes a reference of its own and releases it
    /// when the bytes are sent or the connection ends; the caller keeps his.
    /// </summary>
    /// <param name="block">Must not be written to while the outbox holds it.</param>
    /// <param name="start">First byte, from 0.</param>
    /// <param name="bytes">0 or more. Below about 4 KiB copying is cheaper.</param>
    public void AppendBlock(NativeBlock block, int start, int bytes)
    {
        ArgumentNullException.ThrowIfNull(block);
        Debug.Assert(Gate.IsHeldByCurrentThread, "The outbox is written under its gate.");
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, block.Bytes - start);
        if (_isSealed || bytes == 0)
        {
            return;
        }

        block.AddReference();
        Push(block, start, bytes);
        AddPending(bytes);
    }

    /// <summary>
    /// Sends what the network takes now, on this thread; the rest follows by itself. Not under the gate. Cheap when nothing
    /// is pending or a send is in flight.
    /// </summary>
    public void Flush()
    {
        Debug.Assert(!Gate.IsHeldByCurrentThread, "Sending under the gate would hold up every writer.");
        if (Volatile.Read(ref _pendingBytes) == 0)
        {
            return;
        }

        lock (Gate)
        {
            if (_isSending || _count == 0 || _isDropped)
            {
                return;
            }

            _isSending = true;
        }

        _target.Send();
    }

    /// <summary>For the sender: copies the first pieces, or ends the turn of sending when there is none. The outbox keeps them until <see cref="Sent"/>.</summary>
    /// <returns>How many pieces were copied; 0 when the turn has ended.</returns>
    internal int TakeForSending(Span<OutboxPiece> pieces)
    {
        lock (Gate)
        {
            if (_isDropped || _count == 0)
            {
                _isSending = false;
                ReleaseAll();
                return 0;
            }

            int taken = Math.Min(pieces.Length, _count);
            for (int i = 0; i < taken; i++)
            {
                pieces[i] = _pieces[(_head + i) & (_pieces.Length - 1)];
            }

            return taken;
        }
    }

    /// <summary>For the sender: the first <paramref name="bytes"/> are out. Tells the target and the session when that ended the backlog.</summary>
    internal void Sent(int bytes)
    {
        bool drained;
        lock (Gate)
        {
            Volatile.Write(ref _pendingBytes, _pendingBytes - bytes);
            while (bytes > 0)
            {
                ref OutboxPiece first = ref _pieces[_head];
                if (bytes < first.Bytes)
                {
                    first.Start += bytes;
                    first.Bytes -= bytes;
                    break;
                }

                bytes -= first.Bytes;
                PopFirst();
            }

            drained = _isBacklogged && !_isDropped && _pendingBytes < TransportLimits.OutboxBytesMax / 2;
            if (drained)
            {
                Volatile.Write(ref _isBacklogged, false);
            }
        }

        if (drained)
        {
            Drained?.Invoke(); // Before reading goes on, so that deliveries come before the answers to new requests.
            lock (Gate)
            {
                Volatile.Write(ref _stopsReading, _isBacklogged); // Those deliveries may be a backlog again.
            }

            _target.OnDrained();
        }
    }

    /// <summary>For the sender: ends the turn of sending with pieces left, which the next flush sends.</summary>
    internal void YieldSending()
    {
        lock (Gate)
        {
            _isSending = false;
            if (_isDropped)
            {
                ReleaseAll();
            }
        }
    }

    /// <summary>Takes nothing more; what is pending is still sent.</summary>
    internal void Seal()
    {
        lock (Gate)
        {
            Volatile.Write(ref _isSealed, true);
        }
    }

    /// <summary>Drops everything, at once or, when a send is in flight, as soon as that has ended.</summary>
    internal void Drop()
    {
        lock (Gate)
        {
            Volatile.Write(ref _isSealed, true);
            _isDropped = true;
            if (!_isSending)
            {
                ReleaseAll();
            }
        }
    }

    private bool TryExtendLast(NativeBlock tail, int bytes)
    {
        if (_count == 0)
        {
            return false;
        }

        ref OutboxPiece last = ref _pieces[(_head + _count - 1) & (_pieces.Length - 1)];
        if (last.Block != tail || last.Start + last.Bytes != _tailBytes)
        {
            return false;
        }

        last.Bytes += bytes; // Also when it is in flight: the sender has its own copy of the length.
        return true;
    }

    private void Push(NativeBlock block, int start, int bytes)
    {
        if (_count == _pieces.Length)
        {
            Grow();
        }

        _pieces[(_head + _count) & (_pieces.Length - 1)] = new OutboxPiece { Block = block, Start = start, Bytes = bytes };
        _count++;
    }

    private void Grow()
    {
        var larger = new OutboxPiece[Math.Max(FirstPieceCapacity, _pieces.Length * 2)];
        for (int i = 0; i < _count; i++)
        {
            larger[i] = _pieces[(_head + i) & (_pieces.Length - 1)];
        }

        _pieces = larger;
        _head = 0;
    }

    private void PopFirst()
    {
        _pieces[_head].Block.Release();
        _pieces[_head] = default;
        _head = (_head + 1) & (_pieces.Length - 1);
        _count--;
    }

    private void AddPending(int bytes)
    {
        Volatile.Write(ref _pendingBytes, _pendingBytes + bytes);
        if (_pendingBytes > TransportLimits.OutboxBytesMax)
        {
            Volatile.Write(ref _isBacklogged, true);
            Volatile.Write(ref _stopsReading, true);
        }
    }

    private void ReleaseAll()
    {
        while (_count > 0)
        {
            PopFirst();
        }

        Volatile.Write(ref _pendingBytes, 0);
        _tail?.Release();
        _tail = null;
        _tailBytes = 0;
    }
}
