using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using Ropeway.Security.Tls;

namespace Ropeway.Transport;

/// <summary>
/// One accepted socket with its session. Its owner is the loop in <see cref="RunAsync"/>: it alone receives, calls
/// <see cref="ISession.Consume"/> and tells the session of the end. Everything else may come from any thread.
/// </summary>
/// <remarks>
/// The loop waits until there is something to receive, so that an idle connection holds no buffer, then receives and consumes until
/// the socket is empty. It stops reading while the session is paused or the outbox is backlogged. The first cause of the end
/// wins; a failure ends this connection and no other.
/// </remarks>
#pragma warning disable CA1001 // It disposes what it owns itself, at the end of RunAsync: nobody else knows when that is.
internal sealed class Connection : IConnection, IOutboxTarget, IReadable, IThreadPoolWorkItem
#pragma warning restore CA1001
{
    // A connection that always has data gives its thread to the others after so many receives; a sender after so many sends.
    private const int TurnsMax = 16;

    // So many unread bytes mean that the peer pushes against our pause; whether it lives cannot be seen then.
    private const int UnreadBytesOfALivingPeer = 16 * 1024;

    private const int NoCause = -1;

    private readonly TransportHost _host;
    private readonly IProtocol _protocol;
    private readonly Socket _socket;
    private readonly TlsServer? _tlsServer;
    private readonly TlsLink? _tls;
    private readonly IPieceSender _sender;
    private readonly ReceiveBuffer _received = new();
    private readonly WakeSignal _wake = new();
    private readonly WakeSignal _readable = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ISession? _session;
    private ReadinessLoop? _loop; // Null with TLS.
    private long _lastReceivedMs;
    private long _receivedBytes;
    private long _receiveCount;
    private long _sentBytes;
    private long _sendCount;
    private long _deadlineMs = long.MaxValue;
    private int _cause = NoCause;
    private int _unreadBytes;
    private bool _isPeerEnding;
    private bool _isDrained = true; // The last receive took all there was.
    private bool _isStarted;
    private bool _isPaused;
    private bool _isResumed;
    private bool _isReadingStopped;
    private bool _isStopping;
    private bool _isClosing;
    private bool _isShutDown;
    private bool _isAborted;
    private bool _isSessionOver;

    public Connection(TransportHost host, IProtocol protocol, Socket socket, long id, TlsServer? tls)
    {
        _host = host;
        _protocol = protocol;
        _socket = socket;
        Id = id;
        Remote = Unmapped(socket.RemoteEndPoint);
        Local = Unmapped(socket.LocalEndPoint);
        Outbox = new Outbox(this);
        _tlsServer = tls;
        _tls = tls is null ? null : new TlsLink(socket, host.HandshakeSlots, OnSendCompleted);
        _sender = _tls is null ? new SocketSender(socket, OnSendCompleted) : _tls;
        _lastReceivedMs = host.Clock.NowMs;
    }

    public long Id { get; }

    public IPEndPoint Remote { get; }

    public IPEndPoint Local { get; }

    public TlsFacts? Tls { get; private set; }

    public Outbox Outbox { get; }

    public long LastReceivedMs => Volatile.Read(ref _lastReceivedMs);

    public bool HasUnread => !Volatile.Read(ref _isReadingStopped) && UnreadBytes() > 0;

    public long ReceivedBytes => Volatile.Read(ref _receivedBytes);

    public long ReceiveCount => Volatile.Read(ref _receiveCount);

    public long SentBytes => Volatile.Read(ref _sentBytes);

    public long SendCount => Volatile.Read(ref _sendCount);

    /// <summary>Completes when the session has been told of the end and the socket is closed. Never fails.</summary>
    public Task Ended => _ended.Task;

    private bool IsOver => Volatile.Read(ref _isClosing) || Volatile.Read(ref _isAborted);

    /// <summary>The work item: first queued by the host, to run the connection; later by a sender that gives its thread to the others.</summary>
    public void Execute()
    {
        if (_isStarted)
        {
            ((IOutboxTarget)this).Send();
            return;
        }

        _isStarted = true; // Nothing is sent before, so that no sender can have queued it.
        _ = RunAsync();
    }

    public void Resume()
    {
        Interlocked.Exchange(ref _isResumed, true);
        _wake.Signal();
    }

    public void Close() => BeginClose(ConnectionCloseReason.Closed);

    public void Abort(string reason)
    {
        if (End(ConnectionCloseReason.Aborted))
        {
            TransportLog.ConnectionAborted(_host.Logger, Id, Remote, reason);
        }
    }

    /// <summary>The broker stops: lets the session say goodbye.</summary>
    public void BeginStop(string reason)
    {
        Volatile.Write(ref _isStopping, true);
        ISession? session = Volatile.Read(ref _session);
        if (session is null)
        {
            End(ConnectionCloseReason.Stopping);
            return;
        }

        try
        {
            session.BeginStop(reason);
            Outbox.Flush();
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    /// <summary>Called by the ticker.</summary>
    public void Tick(long nowMs)
    {
        if (nowMs >= Volatile.Read(ref _deadlineMs))
        {
            OnDeadline();
            return;
        }

        ISession? session = Volatile.Read(ref _session);
        if (session is null || Volatile.Read(ref _isSessionOver))
        {
            return;
        }

        try
        {
            if (Volatile.Read(ref _isReadingStopped))
            {
                LookForUnread(nowMs);
            }

            session.OnTick(nowMs);
            Outbox.Flush();
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    void IReadable.OnReadable(bool isEnding)
    {
        if (isEnding)
        {
            Volatile.Write(ref _isPeerEnding, true);
        }

        _readable.Signal(runsHere: true);
    }

    void IOutboxTarget.OnDrained() => _wake.Signal();

    void IOutboxTarget.Send()
    {
        try
        {
            for (int turns = 0; turns < TurnsMax; turns++)
            {
                GatherSend pieces = GatherSend.OfThisThread;
                int count = Outbox.TakeForSending(pieces.Pieces);
                if (count == 0)
                {
                    OnOutboxEmpty();
                    return;
                }

                switch (_sender.Send(pieces, count, out int sentBytes))
                {
                    case SendStatus.Sent:
                        OnSent(sentBytes);
                        break;
                    case SendStatus.InFlight:
                        return;
                    default:
                        OnSendBroken();
                        return;
                }
            }

            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false); // The turn of sending goes with it.
        }
        catch (ObjectDisposedException)
        {
            OnSendBroken(); // Aborted between two sends.
        }
        catch (Exception exception)
        {
            Fail(exception); // The session's Drained threw.
            OnSendBroken();
        }
    }

    private static IPEndPoint Unmapped(EndPoint? endPoint)
    {
        var ip = (IPEndPoint)(endPoint ?? throw new SocketException((int)SocketError.NotConnected));
        return ip.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(ip.Address.MapToIPv4(), ip.Port) : ip;
    }

    private async Task RunAsync()
    {
        bool peerClosed = false;
        long token = 0;
        try
        {
            if (_tls is null)
            {
                _loop = _host.Sockets(Id);
                token = _loop.Add(_socket.SafeHandle, this);
            }

            if (_tls is null || await SecureAsync(_tls).ConfigureAwait(false))
            {
                Volatile.Write(ref _session, _protocol.Open(this));
                peerClosed = await ReadUntilOverAsync().ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            Fail(exception);
        }

        _received.Release();
        TellSession();
        await FinishAsync(peerClosed).ConfigureAwait(false);
        End(ConnectionCloseReason.Closed);
        _sender.Dispose();
        if (token > 0)
        {
            _loop!.Remove(token);
        }

        _host.Remove(this);
        _ended.SetResult();
    }

    /// <summary>The TLS handshake. A failure ends this connection and is logged with its reason.</summary>
    private async Task<bool> SecureAsync(TlsLink tls)
    {
        if (!_host.TryBeginHandshake())
        {
            return FailHandshake($"{TransportLimits.TlsHandshakesMax} are under way, which is the limit");
        }

        Volatile.Write(ref _deadlineMs, _host.Clock.NowMs + (long)_host.Options.TlsHandshakeTimeout.TotalMilliseconds);
        try
        {
            Tls = await tls.HandshakeAsync(_tlsServer!).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is AuthenticationException || TlsLink.IsGone(fault))
        {
            return FailHandshake(fault.Message);
        }
        finally
        {
            _host.EndHandshake();
        }

        Volatile.Write(ref _deadlineMs, long.MaxValue);
        TransportLog.Secured(_host.Logger, Id, Tls.Version, Tls.CipherSuite, Tls.ServerName);
        return true;
    }

    private bool FailHandshake(string reason)
    {
        if (End(ConnectionCloseReason.Reset))
        {
            TransportLog.TlsHandshakeFailed(_host.Logger, Id, Remote, Local, reason.TrimEnd('.'));
        }

        return false;
    }

    private void OnDeadline()
    {
        if (_tls is not null && Volatile.Read(ref _session) is null)
        {
            FailHandshake($"it took longer than {_host.Options.TlsHandshakeTimeout.TotalSeconds:0.#} s");
            return;
        }

        long pendingBytes = Outbox.PendingBytes;
        if (End(ConnectionCloseReason.Aborted))
        {
            TransportLog.CloseTimedOut(_host.Logger, Id, Remote, pendingBytes);
        }
    }

    /// <summary>Receives and consumes until the connection is over.</summary>
    /// <returns>True when the peer has closed its side.</returns>
    private async Task<bool> ReadUntilOverAsync()
    {
        int turns = 0;
        while (!IsOver)
        {
            _received.Park();
            if (_isPaused || Outbox.StopsReading)
            {
                await WaitUntilReadableAsync().ConfigureAwait(false);
                continue;
            }

            if (_tls is not null)
            {
                ValueTask<bool> arrival = WaitForTlsAsync(_tls);
                turns = arrival.IsCompleted ? turns + 1 : 0;
                if (!await arrival.ConfigureAwait(false))
                {
                    return false;
                }
            }
            else if (_isDrained)
            {
                ValueTask arrival = _readable.WaitAsync();
                turns = arrival.IsCompleted ? turns + 1 : 0;
                await arrival.ConfigureAwait(false);
                _isDrained = false; // It is told once: when we are over meanwhile, whoever waits for the peer's end must look.
            }

            if (IsOver)
            {
                return false;
            }

            bool more = false;
            do
            {
                if (!(_tls is null ? TryReceive(out more) : await TryReceiveAsync(_tls).ConfigureAwait(false)))
                {
                    return Volatile.Read(ref _cause) == (int)ConnectionCloseReason.PeerClosed;
                }
            }
            while (more && !_isPaused && !Outbox.StopsReading && !IsOver && ++turns < TurnsMax);

            if (turns >= TurnsMax)
            {
                turns = 0;
                await Task.Yield();
            }
        }

        return false;
    }

    /// <returns>False when the connection has broken.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WaitForTlsAsync(TlsLink tls)
    {
        try
        {
            await tls.WaitAsync().ConfigureAwait(false);
            return true;
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException or IOException)
        {
            End(ConnectionCloseReason.Reset);
            return false;
        }
    }

    /// <summary>Waits for a resume, the end of the backlog, or the end of the connection.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))] // Several times a second for a slow consumer.
    private async ValueTask WaitUntilReadableAsync()
    {
        _unreadBytes = 0; // What is unread already came after the last receive: it is a sign of life, to stop is not.
        Volatile.Write(ref _isReadingStopped, true);
        while (!IsOver && ((_isPaused && !Volatile.Read(ref _isResumed)) || Outbox.StopsReading))
        {
            await _wake.WaitAsync().ConfigureAwait(false);
        }

        Volatile.Write(ref _isReadingStopped, false);
        if (_isPaused && !IsOver)
        {
            Consume();
        }
    }

    /// <summary>Receives once, without waiting, and consumes.</summary>
    /// <param name="more">True when there may be more to receive at once.</param>
    /// <returns>False when there will be nothing more: the peer closed, or the connection broke.</returns>
    private bool TryReceive(out bool more)
    {
        more = false;
        MakeRoom();
        Span<byte> room = _received.Room;
        int bytes;
        SocketError error;
        try
        {
            bytes = _socket.Receive(room, SocketFlags.None, out error);
        }
        catch (ObjectDisposedException)
        {
            return false; // Aborted.
        }

        if (error == SocketError.WouldBlock)
        {
            _isDrained = true;
            return true;
        }

        if (error != SocketError.Success)
        {
            End(ConnectionCloseReason.Reset);
            return false;
        }

        if (bytes == 0)
        {
            BeginClose(ConnectionCloseReason.PeerClosed);
            return false;
        }

        more = bytes == room.Length || Volatile.Read(ref _isPeerEnding);
        _isDrained = !more;
        OnReceived(bytes);
        return true;
    }

    /// <summary>Receives once what TLS has decrypted, and consumes.</summary>
    /// <returns>As <see cref="TryReceive"/>.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TryReceiveAsync(TlsLink tls)
    {
        MakeRoom();
        int bytes;
        try
        {
            bytes = await tls.ReceiveAsync(_received.RoomMemory).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException or IOException)
        {
            End(ConnectionCloseReason.Reset);
            return false;
        }

        if (bytes == 0)
        {
            BeginClose(ConnectionCloseReason.PeerClosed);
            return false;
        }

        OnReceived(bytes);
        return true;
    }

    private void MakeRoom()
    {
        if (!_received.TryMakeRoom())
        {
            throw new InvalidOperationException($"The session consumed nothing of {TransportLimits.ReceiveBytesMax} received bytes.");
        }
    }

    private void OnReceived(int bytes)
    {
        Volatile.Write(ref _receivedBytes, _receivedBytes + bytes);
        Volatile.Write(ref _receiveCount, _receiveCount + 1);
        Volatile.Write(ref _lastReceivedMs, _host.Clock.NowMs);
        _received.Received(bytes);
        _loop?.OnReceived(bytes);
        Consume();
    }

    private void Consume()
    {
        ConsumeResult result;
        do
        {
            // Cleared before the call, with a full fence: a resume that comes from now on counts against this call's answer.
            Interlocked.Exchange(ref _isResumed, false);
            result = _session!.Consume(_received.Unconsumed);
            _received.Consumed(result.ConsumedBytes);
            Outbox.Flush();
        }
        while (result.Status == ConsumeStatus.Paused && Volatile.Read(ref _isResumed) && !IsOver);

        _isPaused = result.Status == ConsumeStatus.Paused;
        if (result.Status == ConsumeStatus.Close)
        {
            BeginClose(ConnectionCloseReason.Closed);
        }
    }

    /// <summary>On the tick thread while reading is stopped: bytes that arrive unread are a sign of life.</summary>
    private void LookForUnread(long nowMs)
    {
        int unread = UnreadBytes();
        if (unread >= 0 && (unread != _unreadBytes || unread >= UnreadBytesOfALivingPeer))
        {
            _unreadBytes = unread;
            Volatile.Write(ref _lastReceivedMs, nowMs);
        }
    }

    /// <summary>What the system has received and nobody has taken; -1 when the socket is closed.</summary>
    private int UnreadBytes()
    {
        try
        {
            return _socket.Available;
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            return -1;
        }
    }

    private void TellSession()
    {
        Volatile.Write(ref _isSessionOver, true);
        try
        {
            _session?.OnClosed((ConnectionCloseReason)Math.Max(Volatile.Read(ref _cause), 0));
        }
        catch (Exception exception)
        {
            TransportLog.SessionFailed(_host.Logger, exception, Id, Remote);
        }
    }

    /// <summary>
    /// Waits until the outbox is out and the peer has closed its side. Closing with unread bytes would make the kernel
    /// reset the connection, and the peer would lose our last words.
    /// </summary>
    private async Task FinishAsync(bool peerClosed)
    {
        try
        {
            while (!peerClosed && !Volatile.Read(ref _isAborted))
            {
                if (_tls is not null)
                {
                    await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None).ConfigureAwait(false);
                }
                else if (_isDrained)
                {
                    await _readable.WaitAsync().ConfigureAwait(false);
                }

                _received.TryMakeRoom();
                int bytes = _socket.Receive(_received.Room, SocketFlags.None, out SocketError error);
                _received.Release();
                peerClosed = error != SocketError.WouldBlock && bytes == 0;
                _isDrained = error == SocketError.WouldBlock; // Whatever came is thrown away.
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            End(ConnectionCloseReason.Reset);
        }

        while (!Volatile.Read(ref _isShutDown) && !Volatile.Read(ref _isAborted))
        {
            await _wake.WaitAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Begins the orderly end: nothing more is written, what is pending goes out, then our side is closed.</summary>
    private void BeginClose(ConnectionCloseReason cause)
    {
        SetCause(cause);
        if (Interlocked.Exchange(ref _isClosing, true))
        {
            return;
        }

        Volatile.Write(ref _deadlineMs, _host.Clock.NowMs + TransportLimits.CloseFlushMs);
        Outbox.Seal();
        Outbox.Flush();
        if (Outbox.PendingBytes == 0)
        {
            ShutDown();
        }

        _wake.Signal();
    }

    private void OnOutboxEmpty()
    {
        if (Outbox.IsSealed)
        {
            ShutDown();
        }
    }

    private void ShutDown()
    {
        if (Interlocked.Exchange(ref _isShutDown, true))
        {
            return;
        }

        Volatile.Write(ref _deadlineMs, _host.Clock.NowMs + TransportLimits.CloseLingerMs);
        if (_tls is not null)
        {
            _ = _tls.ShutDownAsync();
            _wake.Signal();
            return;
        }

        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            End(ConnectionCloseReason.Reset);
        }

        _wake.Signal();
    }

    /// <summary>Ends the connection at once.</summary>
    /// <returns>True for the first caller.</returns>
    private bool End(ConnectionCloseReason cause)
    {
        SetCause(cause);
        if (Interlocked.Exchange(ref _isAborted, true))
        {
            return false;
        }

        Outbox.Drop();
        _socket.Dispose();
        _wake.Signal();
        _readable.Signal(); // A closed socket is told of no more.
        return true;
    }

    private void Fail(Exception exception)
    {
        if (End(ConnectionCloseReason.Failed))
        {
            TransportLog.SessionFailed(_host.Logger, exception, Id, Remote);
        }
    }

    private void SetCause(ConnectionCloseReason cause)
    {
        if (Volatile.Read(ref _isStopping) && cause is ConnectionCloseReason.Closed or ConnectionCloseReason.Aborted)
        {
            cause = ConnectionCloseReason.Stopping;
        }

        Interlocked.CompareExchange(ref _cause, (int)cause, NoCause);
    }

    private void OnSent(int bytes)
    {
        Volatile.Write(ref _sentBytes, _sentBytes + bytes);
        Volatile.Write(ref _sendCount, _sendCount + 1);
        Outbox.Sent(bytes);
    }

    private void OnSendCompleted(int bytes)
    {
        if (bytes < 0)
        {
            OnSendBroken();
            return;
        }

        try
        {
            OnSent(bytes);
        }
        catch (Exception exception)
        {
            Fail(exception); // The session's Drained threw.
        }

        ((IOutboxTarget)this).Send();
    }

    /// <summary>Ends the connection and the turn of sending.</summary>
    private void OnSendBroken()
    {
        End(ConnectionCloseReason.Reset);
        Outbox.TakeForSending([]); // Dropped: gives the pieces back.
    }
}
