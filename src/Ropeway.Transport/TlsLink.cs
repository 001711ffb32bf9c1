using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Ropeway.Security.Tls;

namespace Ropeway.Transport;

/// <summary>
/// TLS on one socket. After the handshake one thread at a time receives, namely the connection's owner, and one at a time sends, namely the one that
/// has the outbox's turn. Waiting for data holds no buffer.
/// </summary>
internal sealed class TlsLink : IPieceSender
{
    // Larger pieces are sent in several goes, so that the backlog shrinks meanwhile.
    private const int WriteBytesMax = 64 * 1024;

    private const byte HandshakeRecord = 22; // RFC 8446 section 5.1.
    private const int PeekBytes = 8;
    private const int DiscardBytes = 4096;

    private readonly Socket _socket;
    private readonly SocketStream _stream;
    private readonly SslStream _ssl;
    private readonly Action<int> _completed;

    /// <summary>Makes a link; <see cref="HandshakeAsync"/> follows.</summary>
    /// <param name="socket">Non-blocking.</param>
    /// <param name="slots">How many handshakes compute at the same time.</param>
    /// <param name="completed">Called on any thread after <see cref="SendStatus.InFlight"/>: bytes sent, or -1 when the connection is broken.</param>
    public TlsLink(Socket socket, SemaphoreSlim slots, Action<int> completed)
    {
        _socket = socket;
        _stream = new SocketStream(socket, slots);
        _ssl = new SslStream(_stream, leaveInnerStreamOpen: false);
        _completed = completed;
    }

    /// <summary>Speaks the handshake. Ends soon after the socket is disposed.</summary>
    /// <returns>What was agreed on.</returns>
    /// <exception cref="AuthenticationException">It failed; the text says why.</exception>
    /// <exception cref="IOException">The peer has gone.</exception>
    /// <exception cref="SocketException">The peer has gone.</exception>
    /// <exception cref="ObjectDisposedException">The connection was aborted.</exception>
    public async Task<TlsFacts> HandshakeAsync(TlsServer server)
    {
        await RequireTlsAsync().ConfigureAwait(false);
        string serverName = string.Empty;
        try
        {
            await _ssl.AuthenticateAsServerAsync(
                (_, hello, _, _) =>
                {
                    serverName = hello.ServerName;
                    return ValueTask.FromResult(server.OptionsFor(hello.ServerName));
                },
                state: null,
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (AuthenticationException fault) when (fault.InnerException is { } cause)
        {
            throw new AuthenticationException((cause.InnerException ?? cause).Message, fault);
        }
        finally
        {
            _stream.EndHandshake();
        }

        return new TlsFacts(_ssl.SslProtocol.ToString(), _ssl.NegotiatedCipherSuite.ToString(), serverName, PeerOf(_ssl.RemoteCertificate));
    }

    /// <summary>Completes when there is something to receive, or the peer has closed.</summary>
    public ValueTask<int> WaitAsync() => _ssl.ReadAsync(Memory<byte>.Empty);

    /// <summary>Receives; after <see cref="WaitAsync"/> it completes at once.</summary>
    /// <returns>0 when the peer has closed its side.</returns>
    /// <exception cref="IOException">The connection broke, or what came is no TLS.</exception>
    public ValueTask<int> ReceiveAsync(Memory<byte> room) => _ssl.ReadAsync(room);

    /// <inheritdoc/>
    public SendStatus Send(GatherSend pieces, int count, out int sentBytes)
    {
        OutboxPiece first = pieces.Pieces[0];
        int bytes = Math.Min(first.Bytes, WriteBytesMax);
        ValueTask writing;
        try
        {
            writing = _ssl.WriteAsync(first.Block.Memory.Slice(first.Start, bytes));
        }
        catch (Exception gone) when (IsGone(gone))
        {
            sentBytes = 0;
            return SendStatus.Broken;
        }

        if (writing.IsCompleted)
        {
            sentBytes = writing.IsCompletedSuccessfully ? bytes : 0;
            return writing.IsCompletedSuccessfully ? SendStatus.Sent : SendStatus.Broken;
        }

        sentBytes = 0;
        _ = FinishSendAsync(writing, bytes);
        return SendStatus.InFlight;
    }

    /// <summary>Says that nothing more will be sent. No send may be in flight.</summary>
    public async Task ShutDownAsync()
    {
        try
        {
            await _ssl.ShutdownAsync().ConfigureAwait(false);
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (IsGone(gone))
        {
            // Then the owner sees it as well.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ssl.Dispose();

    /// <summary>Whether an exception says no more than that the connection is over.</summary>
    public static bool IsGone(Exception fault) => fault is IOException or SocketException or ObjectDisposedException or InvalidOperationException;

    private static PeerCertificate? PeerOf(X509Certificate? certificate)
    {
        using var peer = certificate as X509Certificate2;
        return peer is null ? null : new PeerCertificate(peer);
    }

    /// <summary>Looks at the first byte, because the library's own error for a client that speaks no TLS tells nothing.</summary>
    private async Task RequireTlsAsync()
    {
        await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None).ConfigureAwait(false);
        byte[] first = new byte[PeekBytes];
        int bytes = _socket.Receive(first, SocketFlags.Peek);
        if (bytes == 0)
        {
            throw new IOException("the peer closed the connection before it sent anything");
        }

        if (first[0] != HandshakeRecord)
        {
            _socket.Receive(new byte[DiscardBytes], SocketFlags.None, out _); // Closing with unread bytes would reset the connection.
            throw new AuthenticationException($"the peer does not speak TLS: it sent {Convert.ToHexString(first.AsSpan(0, bytes))}");
        }
    }

    private async Task FinishSendAsync(ValueTask writing, int bytes)
    {
        try
        {
            await writing.ConfigureAwait(false);
        }
        catch (Exception gone) when (IsGone(gone))
        {
            bytes = -1;
        }

        _completed(bytes);
    }
}
