using System.Text;
using Ropeway.Core;
using Ropeway.Core.Limits;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Security;
using Ropeway.Transport;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// Channel 0 of a connection: the protocol header, start, tune, open (section 2.2.4), heartbeats and close. Used on the
/// connection's owner, but for <see cref="OnTick"/>; what is sent goes through the reply queue under the gate.
/// </summary>
internal sealed class Handshake(AmqpSession session, ServerProperties serverProperties)
{
    private const int MissedHeartbeats = 2;
    private const byte TlsHandshake = 22; // First byte of a TLS client (RFC 8446 section 5.1).

    private readonly long _startedMs = session.Connection.LastReceivedMs;
    private HandshakeState _state = HandshakeState.ProtocolHeader;
    private LoginAttempt? _login;
    private byte[] _clientProperties = [];
    private bool _closesOnRefusal;
    private int _heartbeatMs;
    private long _lastSentMs;

    /// <summary>The virtual host, once open.</summary>
    public VirtualHost? Host { get; private set; }

    /// <summary>What the user may do, once open.</summary>
    public AccessCheck? Access { get; private set; }

    /// <summary>Who logged in, after start-ok.</summary>
    public User? User { get; private set; }

    /// <summary>The name of who logged in.</summary>
    public byte[] UserNameUtf8 { get; private set; } = [];

    /// <summary>Where the user's channels are counted, once open.</summary>
    public UserTally? Tally { get; private set; }

    /// <summary>Largest channel number agreed on.</summary>
    public ushort ChannelMax { get; private set; }

    /// <summary>Whether the protocol header was read.</summary>
    public bool IsHeaderRead => _state != HandshakeState.ProtocolHeader;

    /// <summary>Whether channels may be used.</summary>
    public bool IsOpen => _state == HandshakeState.Open;

    /// <summary>The state in RabbitMQ's words.</summary>
    private string StateName => _state switch
    {
        HandshakeState.StartOk => "starting",
        HandshakeState.TuneOk => "tuning",
        HandshakeState.OpenMethod => "opening",
        _ => "running",
    };

    /// <summary>Refuses methods on channels before connection.open-ok.</summary>
    public void RequireOpen(MethodId method)
    {
        if (!IsOpen)
        {
            throw new ProtocolException(ErrorTexts.UnexpectedInState(StateName) with { Method = method });
        }
    }

    /// <summary>Reads the first eight bytes; answers a wrong header with the right one and closes (section 4.2.2).</summary>
    /// <returns>What the connection does, or null when frames follow.</returns>
    public ConsumeStatus? ReadProtocolHeader(ReadOnlySpan<byte> received, ref int consumed)
    {
        switch (ProtocolHeader.Recognize(received))
        {
            case ProtocolHeaderKind.Incomplete:
                return ConsumeStatus.Continue;
            case ProtocolHeaderKind.Amqp091:
                consumed += ProtocolHeader.Bytes;
                _state = HandshakeState.StartOk;
                SendStart();
                return null;
            default:
                string bytes = Convert.ToHexString(received[..Math.Min(received.Length, ProtocolHeader.Bytes)]);
                AmqpLog.WrongProtocolHeader(session.Broker.Logger, session.Connection.Id, session.Connection.Remote, received[0] == TlsHandshake ? bytes + ", which is TLS on a listener without" : bytes);
                lock (session.Outbox.Gate)
                {
                    ProtocolHeader.Amqp091.CopyTo(session.Outbox.GetSpan(ProtocolHeader.Bytes));
                    session.Outbox.Advance(ProtocolHeader.Bytes);
                }

                consumed = received.Length;
                return ConsumeStatus.Close;
        }
    }

    /// <summary>A frame on channel 0.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="dispatch">The owner's batch.</param>
    public ConsumeStatus OnFrame(FrameHeader header, ReadOnlySpan<byte> payload, DispatchBatch dispatch)
    {
        if (header.Type == FrameType.Heartbeat)
        {
            if (!payload.IsEmpty)
            {
                throw new ProtocolException(ErrorTexts.UnknownFrame(header.Type, payload));
            }

            return ConsumeStatus.Continue; // That bytes came is what counts.
        }

        if (header.Type != FrameType.Method || !MethodFrame.TrySplit(payload, out MethodId id, out ReadOnlySpan<byte> arguments))
        {
            throw new ProtocolException(ErrorTexts.UnexpectedFrame(header.Type, payload));
        }

        switch (id)
        {
            case MethodId.ConnectionCloseOk when session.IsClosing:
                return ConsumeStatus.Close;
            case MethodId.ConnectionClose:
                session.OnClientClose(dispatch);
                Leave();
                return ConsumeStatus.Continue;
        }

        return session.IsClosing ? ConsumeStatus.Continue : OnMethod(id, arguments);
    }

    /// <summary>Heartbeats and the deadline of the handshake. Tick thread.</summary>
    public void OnTick(long nowMs)
    {
        if (!IsOpen)
        {
            if (nowMs - _startedMs > session.Options.HandshakeTimeoutMs)
            {
                session.Connection.Abort($"the connection was not open within {session.Options.HandshakeTimeoutMs} ms (handshake timeout, at {_state})");
            }

            return;
        }

        if (_heartbeatMs == 0)
        {
            return;
        }

        if (nowMs - session.Connection.LastReceivedMs > MissedHeartbeats * (long)_heartbeatMs && !session.Connection.HasUnread)
        {
            session.Connection.Abort($"missed heartbeats from the client, timeout: {_heartbeatMs / 1000}s");
            return;
        }

        if (nowMs - _lastSentMs >= _heartbeatMs / 2)
        {
            _lastSentMs = nowMs;
            lock (session.Outbox.Gate)
            {
                if (session.Outbox.PendingBytes == 0)
                {
                    FrameCodec.Heartbeat.CopyTo(session.Outbox.GetSpan(FrameCodec.Heartbeat.Length));
                    session.Outbox.Advance(FrameCodec.Heartbeat.Length);
                }
            }
        }
    }

    /// <summary>The connection is over.</summary>
    public void OnClosed(ConnectionCloseReason reason)
    {
        _login?.Abandon();
        Leave();
        AmqpLog.Closed(session.Broker.Logger, session.Connection.Id, reason.ToString(), _state == HandshakeState.Open ? "open" : _state.ToString());
        _state = HandshakeState.Closed;
    }

    /// <summary>Gives up what belongs to the connection alone; nothing happens the second time.</summary>
    private void Leave()
    {
        if (Host is not null)
        {
            Host.DeleteOwned(session);
            session.Broker.Connections.Remove(session.Connection.Id);
        }
    }

    private ConsumeStatus OnMethod(MethodId id, ReadOnlySpan<byte> arguments)
    {
        switch (_state, id)
        {
            case (HandshakeState.StartOk, MethodId.ConnectionStartOk):
                return OnStartOk(arguments);
            case (HandshakeState.TuneOk, MethodId.ConnectionTuneOk):
                OnTuneOk(arguments);
                return ConsumeStatus.Continue;
            case (HandshakeState.OpenMethod, MethodId.ConnectionOpen):
                OnOpen(arguments);
                return ConsumeStatus.Continue;
            case (HandshakeState.Open, MethodId.ConnectionUpdateSecret):
                OnUpdateSecret(arguments);
                return ConsumeStatus.Continue;
            default:
                throw new ProtocolException(Enum.IsDefined(id) ? ErrorTexts.UnexpectedInState(StateName) with { Method = id } : ErrorTexts.UnknownMethod(id));
        }
    }

    private void SendStart()
    {
        Send(new ConnectionStart
        {
            VersionMajor = 0,
            VersionMinor = 9,
            ServerProperties = serverProperties.Encoded,
            Mechanisms = LoginAttempt.OffersExternal(session) ? "PLAIN AMQPLAIN EXTERNAL"u8 : "PLAIN AMQPLAIN"u8,
            Locales = "en_US"u8,
        });
    }

    /// <summary>First call: starts the check of the password, which is slow on purpose, on the pool. Called again with the same frame when that is done.</summary>
    private ConsumeStatus OnStartOk(ReadOnlySpan<byte> arguments)
    {
        if (_login is null)
        {
            if (!ConnectionStartOk.TryRead(arguments, out ConnectionStartOk startOk))
            {
                throw new ProtocolException(ErrorTexts.CannotDecode(MethodId.ConnectionStartOk, arguments));
            }

            ReadClientProperties(startOk.ClientProperties);
            _login = LoginAttempt.Begin(session, startOk);
        }

        if (!_login.IsDone)
        {
            session.PauseBeforeThisFrame();
            return ConsumeStatus.Continue;
        }

        if (_login.User is null)
        {
            AmqpLog.LoginRefused(session.Broker.Logger, session.Connection.Id, _login.ClaimedName, session.Connection.Remote, _login.Reason);
            if (!_closesOnRefusal)
            {
                return ConsumeStatus.Close;
            }

            throw new ProtocolException(ErrorTexts.LoginRefused(_login.Mechanism));
        }

        User = _login.User;
        UserNameUtf8 = Encoding.UTF8.GetBytes(User.Name);
        _state = HandshakeState.TuneOk;
        Send(new ConnectionTune
        {
            ChannelMax = session.Options.ChannelMax,
            FrameBytesMax = (uint)session.Options.FrameBytesMax,
            HeartbeatSeconds = session.Options.HeartbeatSeconds,
        });
        return ConsumeStatus.Continue;
    }

    private void ReadClientProperties(ReadOnlySpan<byte> clientProperties)
    {
        if (!FieldTableCodec.TryRead(clientProperties, out FieldTable? properties, out _))
        {
            return;
        }

        _clientProperties = clientProperties.ToArray();
        if (properties.TryGet("capabilities", out object? value) && value is FieldTable capabilities)
        {
            _closesOnRefusal = capabilities.TryGetBoolean("authentication_failure_close", out bool closes) && closes;
            session.Pause.Notifies = capabilities.TryGetBoolean("connection.blocked", out bool isTold) && isTold;
            session.Deliveries.NotifiesCancel = capabilities.TryGetBoolean("consumer_cancel_notify", out bool notifies) && notifies;
        }
    }

    private void OnTuneOk(ReadOnlySpan<byte> arguments)
    {
        if (!ConnectionTuneOk.TryRead(arguments, out ConnectionTuneOk tuneOk))
        {
            throw new ProtocolException(ErrorTexts.CannotDecode(MethodId.ConnectionTuneOk, arguments));
        }

        uint frameMax = tuneOk.FrameBytesMax == 0 ? (uint)session.Options.FrameBytesMax : tuneOk.FrameBytesMax;
        if (frameMax < FrameCodec.FrameBytesMin)
        {
            throw new ProtocolException(ErrorTexts.TunedTooLow("frame_max", frameMax, FrameCodec.FrameBytesMin));
        }

        if (frameMax > session.Options.FrameBytesMax)
        {
            throw new ProtocolException(ErrorTexts.TunedTooHigh("frame_max", frameMax, session.Options.FrameBytesMax));
        }

        if (tuneOk.ChannelMax > session.Options.ChannelMax)
        {
            throw new ProtocolException(ErrorTexts.TunedTooHigh("channel_max", tuneOk.ChannelMax, session.Options.ChannelMax));
        }

        ChannelMax = tuneOk.ChannelMax == 0 ? session.Options.ChannelMax : tuneOk.ChannelMax;
        session.Deliveries.FrameBytesMax = (int)frameMax;
        _heartbeatMs = tuneOk.HeartbeatSeconds * 1000;
        _state = HandshakeState.OpenMethod;
    }

    private void OnOpen(ReadOnlySpan<byte> arguments)
    {
        if (!ConnectionOpen.TryRead(arguments, out ConnectionOpen open))
        {
            throw new ProtocolException(ErrorTexts.CannotDecode(MethodId.ConnectionOpen, arguments));
        }

        string name = Encoding.UTF8.GetString(open.VirtualHost);
        if (!session.Broker.VirtualHosts.TryGet(name, out VirtualHost? host))
        {
            throw new ProtocolException(ErrorTexts.VirtualHostNotFound(name) with { Method = MethodId.ConnectionOpen });
        }

        Register(host);
        _login = null; // Not needed any more, and connections stay long.
        _clientProperties = []; // The registry has them.
        Host = host;
        Access = new AccessCheck(session.Broker.Permissions, User!, host.Name);
        _lastSentMs = session.Connection.LastReceivedMs;
        Send(default(ConnectionOpenOk)); // First of all: once the state is open the ticks send heartbeats, which clients do not expect before it.
        _state = HandshakeState.Open;
        AmqpLog.Opened(session.Broker.Logger, session.Connection.Id, session.Connection.Remote, User!.Name, host.Name);
    }

    /// <summary>A password does not expire, so there is nothing to renew: any secret is accepted, as RabbitMQ does for its own users.</summary>
    private void OnUpdateSecret(ReadOnlySpan<byte> arguments)
    {
        if (!ConnectionUpdateSecret.TryRead(arguments, out _))
        {
            throw new ProtocolException(ErrorTexts.CannotDecode(MethodId.ConnectionUpdateSecret, arguments));
        }

        lock (session.Outbox.Gate)
        {
            session.Replies.AddBareReply(0, MethodId.ConnectionUpdateSecretOk, index: 0);
        }
    }

    /// <summary>Takes a place among the connections, then checks the rest: whoever deletes the user or the host from then on finds this one.</summary>
    private void Register(VirtualHost host)
    {
        UserLimits limits = session.Broker.LimitsOfUsers.Get(User!.Name);
        ConnectionRefusal refusal = session.Broker.Connections.TryAdd(Describe(host.Name), host.Limits, limits, out UserTally tally);
        ProtocolError? error = refusal switch
        {
            ConnectionRefusal.VirtualHostLimit => ErrorTexts.VirtualHostConnectionLimit(host.Name, User.Name, host.Limits.ConnectionsMax),
            ConnectionRefusal.UserLimit => ErrorTexts.UserConnectionLimit(User.Name, limits.ConnectionsMax),
            _ when !session.Broker.Permissions.CanEnter(User, host.Name) => ErrorTexts.VirtualHostRefused(host.Name, User.Name),
            _ when !session.Broker.VirtualHosts.TryGet(host.Name, out VirtualHost? current) || !ReferenceEquals(current, host) => ErrorTexts.VirtualHostNotFound(host.Name),
            _ => null,
        };
        if (error is not null)
        {
            session.Broker.Connections.Remove(session.Connection.Id);
            throw new ProtocolException(error.Value with { Method = MethodId.ConnectionOpen });
        }

        Tally = tally;
    }

    private ConnectionEntry Describe(string host) => new()
    {
        Id = session.Connection.Id,
        Protocol = "AMQP 0-9-1",
        Remote = session.Connection.Remote,
        Local = session.Connection.Local,
        User = User!.Name,
        VirtualHost = host,
        Mechanism = _login!.Mechanism,
        Tls = session.Connection.Tls,
        ClientProperties = _clientProperties,
        ChannelMax = ChannelMax,
        FrameBytesMax = session.Deliveries.FrameBytesMax,
        HeartbeatSeconds = _heartbeatMs / 1000,
        ConnectedAt = session.Broker.Time.GetUtcNow(),
        Connection = session,
    };

    private void Send<T>(scoped T method)
        where T : struct, IMethod<T>, allows ref struct
    {
        lock (session.Outbox.Gate)
        {
            session.Replies.AddReply(0, method, index: 0);
        }
    }
}
