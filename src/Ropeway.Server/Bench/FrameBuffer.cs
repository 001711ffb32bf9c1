using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Server.Bench;

/// <summary>
/// Received bytes of one connection and the frames in them. Only the frame that straddles the end is ever moved.
/// One owner: the thread that reads the connection.
/// </summary>
internal sealed class FrameBuffer
{
    /// <summary>Room for one read of a connection under load.</summary>
    public const int LoadReadBytes = 256 * 1024;

    private byte[] _bytes;
    private int _payloadBytesMax;
    private int _start;
    private int _end;

    /// <summary>Makes an empty buffer.</summary>
    /// <param name="frameBytesMax">Largest frame to accept, header and end octet included.</param>
    /// <param name="readBytes">Room at the beginning; it grows to the largest frame that comes.</param>
    public FrameBuffer(int frameBytesMax, int readBytes = LoadReadBytes)
    {
        _bytes = new byte[readBytes];
        SetFrameBytesMax(frameBytesMax);
    }

    /// <summary>Changes the largest frame to accept, after tuning.</summary>
    public void SetFrameBytesMax(int frameBytesMax) => _payloadBytesMax = frameBytesMax - FrameCodec.OverheadBytes;

    /// <summary>Room for the next read, never empty once all whole frames were taken.</summary>
    public Span<byte> GetFree()
    {
        if (_start > 0)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            _end -= _start;
            _start = 0;
        }

        if (_end == _bytes.Length)
        {
            Array.Resize(ref _bytes, _bytes.Length * 2); // Ends at the frame that does not fit; over frame-max is refused before.
        }

        return _bytes.AsSpan(_end);
    }

    /// <summary>Notes that so many bytes were written to the room that <see cref="GetFree"/> gave.</summary>
    public void Advance(int bytes) => _end += bytes;

    /// <summary>Takes the next whole frame.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="payload">Its payload; dead after the next <see cref="GetFree"/>.</param>
    /// <returns>False when the rest of the frame is not there yet.</returns>
    /// <exception cref="BenchException">The bytes are no frame of AMQP 0-9-1.</exception>
    public bool TryTake(out FrameHeader header, out ReadOnlySpan<byte> payload)
    {
        ReadOnlySpan<byte> unread = _bytes.AsSpan(_start, _end - _start);
        FrameReadStatus status = FrameCodec.TryRead(unread, _payloadBytesMax, out header);
        if (status != FrameReadStatus.Complete)
        {
            payload = default;
            return status == FrameReadStatus.Malformed ? throw Malformed(unread) : false;
        }

        payload = unread.Slice(FrameCodec.HeaderBytes, header.PayloadBytes);
        _start += header.FrameBytes;
        return true;
    }

    private static BenchException Malformed(ReadOnlySpan<byte> unread)
    {
        return unread.StartsWith("AMQP"u8)
            ? new BenchException("The broker does not speak AMQP 0-9-1: it answered with another protocol header.")
            : new BenchException("The broker sent bytes that are no AMQP 0-9-1 frame, or a frame over frame-max.");
    }
}
