using System.Diagnostics;
using Ropeway.Buffers;

namespace Ropeway.Transport;

/// <summary>
/// Received bytes that the session has not consumed, and room behind them. Belongs to the connection's owner. Holds a large
/// block only while data comes in; a short rest is parked in a small block, so that ten thousand peers that each stop in the
/// middle of a frame do not pin ten thousand large blocks.
/// </summary>
internal sealed class ReceiveBuffer
{
    private const int ParkedBytes = 4096;
    private const int RoomBytesMin = 16 * 1024;

    private static readonly NativeBlockPool Parked = new(ParkedBytes, keptCountMax: 256);
    private static readonly NativeBlockPool Ordinary = new(TransportLimits.ReceiveBytes, keptCountMax: 32);
    private static readonly NativeBlockPool Large = new(TransportLimits.ReceiveBytesMax, keptCountMax: 8);

    private NativeBlock? _block;
    private int _start;
    private int _end;

    /// <summary>What the session sees next.</summary>
    public ReadOnlySpan<byte> Unconsumed => _block is null ? default : _block.Span[_start.._end];

    /// <summary>Room for the next receive; not empty after <see cref="TryMakeRoom"/>.</summary>
    public Span<byte> Room => _block is null ? default : _block.Span[_end..];

    /// <summary>The same as memory, for a receive that may have to wait.</summary>
    public Memory<byte> RoomMemory => _block is null ? default : _block.Memory[_end..];

    /// <summary>Makes room behind what is there.</summary>
    /// <returns>False when the largest buffer is full of bytes that the session did not consume.</returns>
    public bool TryMakeRoom()
    {
        if (_block is null)
        {
            _block = Ordinary.Rent();
            return true;
        }

        int unconsumed = _end - _start;
        if (_block.Bytes == ParkedBytes)
        {
            MoveTo(Ordinary.Rent());
        }
        else if (_block.Bytes - _end < RoomBytesMin && _start > 0)
        {
            _block.Span[_start.._end].CopyTo(_block.Span);
            _start = 0;
            _end = unconsumed;
        }

        if (_end == _block.Bytes && _block.Bytes == TransportLimits.ReceiveBytes)
        {
            MoveTo(Large.Rent());
        }

        return _end < _block.Bytes;
    }

    /// <summary>The first <paramref name="bytes"/> of <see cref="Room"/> were received.</summary>
    public void Received(int bytes)
    {
        _end += bytes;
        Debug.Assert(_end <= _block!.Bytes, "More was received than there was room for.");
    }

    /// <summary>The session is done with the first <paramref name="bytes"/> of <see cref="Unconsumed"/>.</summary>
    public void Consumed(int bytes)
    {
        if ((uint)bytes > (uint)(_end - _start))
        {
            throw new InvalidOperationException($"The session consumed {bytes} bytes of {_end - _start}.");
        }

        _start += bytes;
    }

    /// <summary>Before a wait: gives the block back, or moves a short rest to a small one.</summary>
    public void Park()
    {
        if (_block is null)
        {
            return;
        }

        int unconsumed = _end - _start;
        if (unconsumed == 0)
        {
            Release();
        }
        else if (unconsumed <= ParkedBytes && _block.Bytes > ParkedBytes)
        {
            MoveTo(Parked.Rent());
        }
    }

    /// <summary>Throws away what is left.</summary>
    public void Release()
    {
        _block?.Release();
        _block = null;
        _start = 0;
        _end = 0;
    }

    private void MoveTo(NativeBlock block)
    {
        Span<byte> unconsumed = _block!.Span[_start.._end];
        unconsumed.CopyTo(block.Span);
        int bytes = unconsumed.Length;
        _block.Release();
        _block = block;
        _start = 0;
        _end = bytes;
    }
}
