using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Ropeway.Security.Tls;

namespace Ropeway.Transport;

/// <summary>
/// The transport of one broker: its listeners, its open connections, the tick that drives them, and their counters. All
/// members may be called from any thread.
/// </summary>
public sealed class TransportHost : IAsyncDisposable
{
    private const int LoopsMax = 64;

    private readonly ConcurrentDictionary<long, Connection> _connections = new();
    private readonly Lock _gate = new(); // Guards the listeners and the totals of ended connections.
    private readonly List<Listener> _listeners = [];
    private readonly Ticker _ticker;
    private readonly ReadinessLoop?[] _loops = new ReadinessLoop?[Math.Clamp(Environment.ProcessorCount, 1, LoopsMax)]; // Under the gate; each is started when it is first needed.
    private long _lastId;
    private long _openCount;
    private long _handshakeCount;
    private long _acceptedCount;
    private long _refusedCount;
    private long _closedCount;
    private long _endedReceivedBytes;
    private long _endedSentBytes;
    private long _refusalLoggedMs = long.MinValue;
    private bool _isStopping;

    /// <summary>Makes a transport without listeners.</summary>
    public TransportHost(TransportOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        Clock = new MonotonicClock(options.Time);
        _ticker = new Ticker(options.Time, TimeSpan.FromMilliseconds(TransportLimits.TickMs), TickAll);
    }

    /// <summary>The settings it was made with.</summary>
    public TransportOptions Options { get; }

    internal MonotonicClock Clock { get; }

    internal ILogger Logger => Options.Logger;

    /// <summary>Computing for TLS handshakes: half of the cores, so that open connections go on in a flood of new ones.</summary>
    internal SemaphoreSlim HandshakeSlots { get; } = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>Binds, listens and starts to accept.</summary>
    /// <exception cref="SocketException">The address is in use, not ours, or not permitted.</exception>
    public Listener Listen(ListenerOptions options, IProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(protocol);
        return Add(Listener.Start(this, options, protocol));
    }

    /// <summary>Counters as of now.</summary>
    public TransportStatistics GetStatistics()
    {
        lock (_gate)
        {
            long receivedBytes = _endedReceivedBytes;
            long sentBytes = _endedSentBytes;
            foreach (KeyValuePair<long, Connection> open in _connections)
            {
                receivedBytes += open.Value.ReceivedBytes;
                sentBytes += open.Value.SentBytes;
            }

            return new TransportStatistics(
                Volatile.Read(ref _openCount),
                Volatile.Read(ref _acceptedCount),
                Volatile.Read(ref _refusedCount),
                _closedCount,
                receivedBytes,
                sentBytes);
        }
    }

    /// <summary>
    /// Stops in order: no more accepts, every session says goodbye, after the grace time the rest is aborted. Completes when
    /// every session has been told of its end. A second call waits for the same.
    /// </summary>
    /// <param name="reason">For the peers to read.</param>
    /// <param name="grace">How long sessions may take for their goodbye; 0 or more.</param>
    public async Task StopAsync(string reason, TimeSpan grace)
    {
        await StopListeningAsync().ConfigureAwait(false);
        Connection[] open = [.. _connections.Values];
        foreach (Connection connection in open)
        {
            connection.BeginStop(reason);
        }

        Task ended = Task.WhenAll(open.Select(connection => connection.Ended));
        try
        {
            await ended.WaitAsync(grace, Options.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            foreach (Connection connection in open.Where(connection => !connection.Ended.IsCompleted))
            {
                connection.Abort("the time for a clean stop is over");
            }

            await ended.ConfigureAwait(false);
        }
    }

    /// <summary>Aborts whatever is left and stops the tick.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync("broker forced connection closure with reason 'shutdown'", TimeSpan.Zero).ConfigureAwait(false);
        await _ticker.DisposeAsync().ConfigureAwait(false);
        await Task.Run(StopLoops).ConfigureAwait(false); // Not on one of their threads.
        HandshakeSlots.Dispose();
    }

    /// <summary>The loop that waits for the socket of a connection.</summary>
    /// <exception cref="SocketException">No descriptors or memory are left for one.</exception>
    internal ReadinessLoop Sockets(long connectionId)
    {
        int index = (int)(connectionId % _loops.Length);
        lock (_gate)
        {
            return _loops[index] ??= new ReadinessLoop($"ropeway-sockets-{index}");
        }
    }

    /// <summary>A TLS handshake begins.</summary>
    /// <returns>False when too many are under way.</returns>
    internal bool TryBeginHandshake()
    {
        if (Interlocked.Increment(ref _handshakeCount) <= TransportLimits.TlsHandshakesMax)
        {
            return true;
        }

        EndHandshake();
        return false;
    }

    /// <summary>A TLS handshake is over.</summary>
    internal void EndHandshake() => Interlocked.Decrement(ref _handshakeCount);

    internal Listener Add(Listener listener)
    {
        lock (_gate)
        {
            _listeners.Add(listener);
        }

        TransportLog.Listening(Logger, listener.Protocol.Name, listener.EndPoint);
        return listener;
    }

    /// <summary>Takes over an accepted socket; runs on the accept loop and never throws.</summary>
    internal void Admit(Socket socket, IProtocol protocol, TlsServer? tls)
    {
        if (Volatile.Read(ref _isStopping))
        {
            socket.Dispose();
            return;
        }

        if (Interlocked.Increment(ref _openCount) > Options.ConnectionsMax)
        {
            Interlocked.Decrement(ref _openCount);
            Refuse(socket);
            return;
        }

        Connection connection;
        try
        {
            socket.NoDelay = true;
            socket.Blocking = false; // For receives and sends that take what is there; the waits are asynchronous.
            connection = new Connection(this, protocol, socket, Interlocked.Increment(ref _lastId), tls);
        }
        catch (SocketException)
        {
            Interlocked.Decrement(ref _openCount);
            socket.Dispose(); // Gone already.
            return;
        }

        Interlocked.Increment(ref _acceptedCount);
        _connections[connection.Id] = connection;
        TransportLog.ConnectionAccepted(Logger, connection.Id, connection.Remote, connection.Local, protocol.Name);
        ThreadPool.UnsafeQueueUserWorkItem(connection, preferLocal: false);
    }

    /// <summary>A connection has ended; called once by each.</summary>
    internal void Remove(Connection connection)
    {
        lock (_gate)
        {
            _connections.TryRemove(connection.Id, out _);
            _endedReceivedBytes += connection.ReceivedBytes;
            _endedSentBytes += connection.SentBytes;
            _closedCount++;
        }

        Interlocked.Decrement(ref _openCount);
        TransportLog.ConnectionClosed(Logger, connection.Id, connection.Remote, connection.ReceivedBytes, connection.SentBytes);
    }

    private void StopLoops()
    {
        for (int i = 0; i < _loops.Length; i++)
        {
            Interlocked.Exchange(ref _loops[i], null)?.Dispose();
        }
    }

    private async Task StopListeningAsync()
    {
        Listener[] listeners;
        lock (_gate)
        {
            Volatile.Write(ref _isStopping, true);
            listeners = [.. _listeners];
        }

        foreach (Listener listener in listeners)
        {
            await listener.StopAsync().ConfigureAwait(false);
        }
    }

    private void Refuse(Socket socket)
    {
        Interlocked.Increment(ref _refusedCount);
        socket.Dispose();
        long nowMs = Clock.NowMs;
        if (nowMs - Volatile.Read(ref _refusalLoggedMs) >= 1000 || Volatile.Read(ref _refusalLoggedMs) == long.MinValue)
        {
            Volatile.Write(ref _refusalLoggedMs, nowMs); // At most one line a second and listener: a flood of peers must not flood the log.
            TransportLog.ConnectionRefused(Logger, Options.ConnectionsMax, Volatile.Read(ref _refusedCount));
        }
    }

    private void TickAll()
    {
        long nowMs = Clock.NowMs;
        foreach (KeyValuePair<long, Connection> open in _connections)
        {
            open.Value.Tick(nowMs);
        }
    }
}
