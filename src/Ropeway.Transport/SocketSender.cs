using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Ropeway.Transport;

/// <summary>
/// Puts pieces of an outbox on a socket: gathered and at once as long as the socket takes them, otherwise by one asynchronous
/// send of the first piece. One thread at a time, namely the one that has the outbox's turn of sending.
/// </summary>
internal sealed class SocketSender : IPieceSender
{
    private readonly Socket _socket;
    private readonly Action<int> _completed;
    private SocketAsyncEventArgs? _waiting; // Made when a socket first takes nothing: most never need it.

    /// <summary>Makes a sender.</summary>
    /// <param name="socket">Non-blocking.</param>
    /// <param name="completed">Called on any thread after <see cref="SendStatus.InFlight"/>: bytes sent, or -1 when the connection is broken.</param>
    public SocketSender(Socket socket, Action<int> completed)
    {
        _socket = socket;
        _completed = completed;
    }

    /// <inheritdoc/>
    public SendStatus Send(GatherSend pieces, int count, out int sentBytes)
    {
        if (GatherSend.IsSupported)
        {
            sentBytes = pieces.Send(_socket.SafeHandle, count, out SocketError error);
            if (error == SocketError.Success)
            {
                return SendStatus.Sent;
            }

            if (error != SocketError.WouldBlock)
            {
                return SendStatus.Broken;
            }
        }

        return SendFirst(pieces.Pieces[0], out sentBytes);
    }

    /// <summary>Frees what waited for the socket. Not while a send is in flight.</summary>
    public void Dispose() => _waiting?.Dispose();

    private SendStatus SendFirst(OutboxPiece piece, out int sentBytes)
    {
        sentBytes = 0;
        if (_waiting is null)
        {
            _waiting = new SocketAsyncEventArgs(true);
            _waiting.Completed += (_, finished) => _completed(ResultOf(finished));
        }

        _waiting.SetBuffer(MemoryMarshal.AsMemory<byte>(piece.Block.Memory.Slice(piece.Start, piece.Bytes)));
        if (_socket.SendAsync(_waiting))
        {
            return SendStatus.InFlight;
        }

        sentBytes = ResultOf(_waiting);
        return sentBytes < 0 ? SendStatus.Broken : SendStatus.Sent;
    }

    private static int ResultOf(SocketAsyncEventArgs finished) =>
        finished.SocketError == SocketError.Success && finished.BytesTransferred > 0 ? finished.BytesTransferred : -1;
}
