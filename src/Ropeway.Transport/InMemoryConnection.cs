using System.Buffers;
using System.Net;
using Ropeway.Buffers;
using Ropeway.Security.Tls;

namespace Ropeway.Transport;

/// <summary>
/// A connection without a socket: bytes are fed by hand and what the session sends is collected. For tests of sessions, and
/// for a process that embeds the broker. One thread at a time feeds; the outbox may be used from any thread.
/// </summary>
public sealed class InMemoryConnection : IConnection, IOutboxTarget
{
    private static long _lastId;

    private readonly Lock _outputGate = new();
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly OutboxPiece[] _sending = new OutboxPiece[1];
    private readonly MonotonicClock _clock;
    private ISession? _session;
    private byte[] _left = [];
    private long _lastReceivedMs;
    private long _receivedBytes;
    private long _receiveCount;
    private long _sentBytes;
    private long _sendCount;
    private bool _resumed;
    private bool _closed;
    private bool _holdsOutput;
    private int _ended;

    /// <summary>A connection from <c>127.0.0.1:50000</c> to <c>127.0.0.1:5672</c>.</summary>
    /// <param name="time">Clock for <see cref="LastReceivedMs"/> and <see cref="Tick"/>; null means the system's.</param>
    public InMemoryConnection(TimeProvider? time = null)
    {
        _clock = new MonotonicClock(time ?? TimeProvider.System);
        _lastReceivedMs = _clock.NowMs;
        Outbox = new Outbox(this);
        Id = Interlocked.Increment(ref _lastId);
    }

    /// <inheritdoc/>
    public long Id { get; }

    /// <inheritdoc/>
    public IPEndPoint Remote { get; init; } = new(IPAddress.Loopback, 50_000);

    /// <inheritdoc/>
    public IPEndPoint Local { get; init; } = new(IPAddress.Loopback, 5672);

    /// <inheritdoc/>
    public TlsFacts? Tls { get; init; }

    /// <inheritdoc/>
    public Outbox Outbox { get; }

    /// <inheritdoc/>
    public long LastReceivedMs => Volatile.Read(ref _lastReceivedMs);

    /// <summary>What <see cref="IConnection.HasUnread"/> says: whoever feeds by hand may be late, too.</summary>
    public bool HasUnread { get; set; }

    /// <inheritdoc/>
    public long ReceivedBytes => Volatile.Read(ref _receivedBytes);

    /// <inheritdoc/>
    public long ReceiveCount => Volatile.Read(ref _receiveCount);

    /// <inheritdoc/>
    public long SentBytes => Interlocked.Read(ref _sentBytes);

    /// <inheritdoc/>
    public long SendCount => Interlocked.Read(ref _sendCount);

    /// <summary>True after the last consume returned <see cref="ConsumeStatus.Paused"/> and no resume came.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>True after <see cref="Close"/>, <see cref="Abort"/> or <see cref="ConsumeStatus.Close"/>.</summary>
    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>The reason given to <see cref="Abort"/>; null when it was not called.</summary>
    public string? AbortReason { get; private set; }

    /// <summary>Bytes fed and not yet consumed.</summary>
    public int LeftBytes => _left.Length;

    /// <summary>While true nothing leaves the outbox, as with a peer that does not read. Setting it to false sends what waits.</summary>
    public bool HoldsOutput
    {
        get => _holdsOutput;
        set
        {
            _holdsOutput = value;
            if (!value)
            {
                Outbox.Flush();
            }
        }
    }

    /// <summary>Opens the session of <paramref name="protocol"/> on this connection.</summary>
    public ISession Open(IProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        return _session = protocol.Open(this);
    }

    /// <summary>
    /// The peer sends these bytes: gives them to the session behind what was left over, unless it is paused or closed, and
    /// flushes the outbox. An exception of the session passes through.
    /// </summary>
    /// <returns>The session's last status.</returns>
    public ConsumeStatus Feed(ReadOnlySpan<byte> bytes)
    {
        Volatile.Write(ref _lastReceivedMs, _clock.NowMs);
        Volatile.Write(ref _receivedBytes, _receivedBytes + bytes.Length);
        Volatile.Write(ref _receiveCount, _receiveCount + 1);
        byte[] all = new byte[_left.Length + bytes.Length];
        _left.CopyTo(all, 0);
        bytes.CopyTo(all.AsSpan(_left.Length));
        _left = all;
        return IsPaused && !Volatile.Read(ref _resumed) ? ConsumeStatus.Paused : ConsumeLeft();
    }

    /// <summary>Calls the session again after a resume, as the connection's owner would.</summary>
    /// <returns>The session's last status.</returns>
    public ConsumeStatus ConsumeLeft()
    {
        if (IsClosed)
        {
            return ConsumeStatus.Close;
        }

        ISession session = _session ?? throw new InvalidOperationException("Open a protocol first.");
        ConsumeResult result;
        do
        {
            Volatile.Write(ref _resumed, false);
            result = session.Consume(_left);
            _left = _left[result.ConsumedBytes..];
            Outbox.Flush();
        }
        while (result.Status == ConsumeStatus.Paused && Volatile.Read(ref _resumed));

        IsPaused = result.Status == ConsumeStatus.Paused;
        if (result.Status == ConsumeStatus.Close)
        {
            Close();
        }

        return result.Status;
    }

    /// <summary>Calls the session's tick with the time of now and flushes.</summary>
    public void Tick()
    {
        _session?.OnTick(_clock.NowMs);
        Outbox.Flush();
    }

    /// <summary>The connection ends: tells the session, once.</summary>
    public void End(ConnectionCloseReason reason)
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            Volatile.Write(ref _closed, true);
            _session?.OnClosed(reason);
            Outbox.Drop();
        }
    }

    /// <summary>Takes what the session has sent since the last call.</summary>
    public byte[] TakeOutput()
    {
        lock (_outputGate)
        {
            byte[] output = _output.WrittenSpan.ToArray();
            _output.ResetWrittenCount();
            return output;
        }
    }

    /// <inheritdoc/>
    public void Resume() => Volatile.Write(ref _resumed, true);

    /// <inheritdoc/>
    public void Close()
    {
        Outbox.Seal();
        Outbox.Flush();
        Volatile.Write(ref _closed, true);
    }

    /// <inheritdoc/>
    public void Abort(string reason)
    {
        AbortReason ??= reason;
        Outbox.Drop();
        Volatile.Write(ref _closed, true);
    }

    void IOutboxTarget.Send()
    {
        Span<OutboxPiece> pieces = _sending; // One thread sends at a time.
        while (true)
        {
            if (_holdsOutput)
            {
                Outbox.YieldSending();
                return;
            }

            if (Outbox.TakeForSending(pieces) == 0)
            {
                return;
            }

            NativeBlock block = pieces[0].Block;
            lock (_outputGate)
            {
                _output.Write(block.Span.Slice(pieces[0].Start, pieces[0].Bytes));
            }

            Interlocked.Add(ref _sentBytes, pieces[0].Bytes);
            Interlocked.Increment(ref _sendCount);
            Outbox.Sent(pieces[0].Bytes);
        }
    }

    void IOutboxTarget.OnDrained()
    {
    }
}
