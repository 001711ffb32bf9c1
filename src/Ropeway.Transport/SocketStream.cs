using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Ropeway.Transport;

/// <summary>
/// What lies below TLS: the socket as a stream. During the handshake everything behind a receive runs on the pool, in one of few slots, so that
/// neither a socket thread nor all of the pool computes signatures; afterwards completions run where the socket's run. One reader and one writer at a time.
/// </summary>
internal sealed class SocketStream(Socket socket, SemaphoreSlim slots) : Stream
{
    private bool _isHandshaking = true;
    private bool _holdsSlot;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The handshake is over, well or not.</summary>
    public void EndHandshake()
    {
        _isHandshaking = false;
        LeaveSlot();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _isHandshaking ? ReadInSlotAsync(buffer, cancellationToken) : socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            int bytes = await socket.SendAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            buffer = bytes > 0 ? buffer[bytes..] : throw new SocketException((int)SocketError.ConnectionReset);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask<int> ReadInSlotAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        LeaveSlot(); // What came before is computed; waiting for the peer holds nothing.
        int bytes = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        await Task.Yield();
        await slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        _holdsSlot = true;
        return bytes;
    }

    private void LeaveSlot()
    {
        if (_holdsSlot)
        {
            _holdsSlot = false;
            slots.Release();
        }
    }
}
