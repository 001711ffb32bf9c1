using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Queues.Browsing;
using Ropeway.Core.Statistics;
using Ropeway.Core.Timing;
using Ropeway.Core.Topology;
using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Transport;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// One AMQP 0-9-1 connection: cuts frames, keeps the channels, and gives each read's work to the queues in one go. Consume and
/// OnClosed run on the connection's owner; everything that deliveries share is guarded by the outbox's gate.
/// </summary>
/// <remarks>
/// One read: frames are handled in order, publishes and acknowledgements gathered; any other method first completes what was
/// gathered. At the end the queues get it, replies that may leave are written, and each touched connection is flushed once.
/// </remarks>
internal sealed class AmqpSession : ISession, IDurabilityWaiter, IOpenConnection, IFaultScope
{
    private readonly Dictionary<ushort, AmqpChannel> _channels = [];
    private readonly Handshake _handshake;
    private readonly MonotonicClock _clock;
    private readonly CommitPump _pump;
    private Publisher? _publisher; // Made with the first publish, as the next two: most of very many connections are idle.
    private UnqueuedMessages? _unqueued;
    private ResolveBatch? _resolving;
    private AmqpChannel? _lastChannel;
    private ushort _currentChannel;
    private MethodId _currentMethod;
    private bool _isPaused;
    private bool _waitsForRoom;
    private long _closingSinceMs;

    /// <summary>Makes the session of a connection just accepted.</summary>
    public AmqpSession(Broker broker, AmqpOptions options, ServerProperties serverProperties, IConnection connection)
    {
        Broker = broker;
        Options = options;
        Connection = connection;
        Replies = new ReplyQueue(connection.Outbox, this);
        Deliveries = new AmqpDeliveries(connection.Outbox, Replies, this, broker.Time) { FrameBytesMax = options.FrameBytesMax };
        _clock = new MonotonicClock(broker.Time);
        _handshake = new Handshake(this, serverProperties);
        _pump = new CommitPump(this);
        Pause = new PublishPause(this);
    }

    /// <summary>The broker.</summary>
    public Broker Broker { get; }

    /// <summary>Limits.</summary>
    public AmqpOptions Options { get; }

    /// <summary>The connection.</summary>
    public IConnection Connection { get; }

    /// <summary>What is being sent; its gate is the connection's.</summary>
    public Outbox Outbox => Connection.Outbox;

    /// <summary>Takes messages from queues.</summary>
    public AmqpDeliveries Deliveries { get; }

    /// <summary>Stops reading while publishers have to wait.</summary>
    public PublishPause Pause { get; }

    /// <summary>Replies and confirms that wait for the disk. Under the gate.</summary>
    public ReplyQueue Replies { get; }

    /// <summary>Acknowledgements of the current read. Owner only.</summary>
    public ResolveBatch Resolving => _resolving ??= new ResolveBatch();

    /// <summary>Sends what goes to connections and not to queues. Owner only.</summary>
    public UnqueuedMessages Unqueued => _unqueued ??= new UnqueuedMessages(this);

    /// <summary>What the open transactions of all channels hold, in bytes. Owner only.</summary>
    public long TransactionBytes { get; set; }

    /// <summary>Commit index of the last settlement: replies and confirms wait for it, so that settled stays settled. Owner only.</summary>
    public ulong SettledIndex { get; private set; }

    /// <summary>The virtual host, once the connection is open.</summary>
    public VirtualHost Host => _handshake.Host!;

    /// <summary>What the user may do, once the connection is open.</summary>
    public AccessCheck Access => _handshake.Access!;

    /// <summary>The name of who logged in.</summary>
    public byte[] UserNameUtf8 => _handshake.UserNameUtf8;

    /// <summary>Open channels by number. Changed by the owner under the connection's gate; others read them under it.</summary>
    public Dictionary<ushort, AmqpChannel> Channels => _channels;

    /// <summary>Whether one side has sent connection.close: nothing but its answer counts any more.</summary>
    public bool IsClosing => Volatile.Read(ref _closingSinceMs) != 0;

    /// <summary>Largest channel number agreed on.</summary>
    public ushort ChannelMax => _handshake.ChannelMax;

    string IOpenConnection.State => IsClosing ? "closing" : Pause.IsOn ? "blocked" : "running";

    string? IOpenConnection.BlockedReason => IsClosing ? null : Pause.Reason;

    ConnectionTraffic IOpenConnection.Traffic =>
        new(Connection.ReceivedBytes, Connection.ReceiveCount, Connection.SentBytes, Connection.SendCount, Outbox.PendingBytes);

    int IOpenConnection.ChannelCount => _channels.Count; // Two plain reads: may be off while the owner opens a channel.

    /// <inheritdoc/>
    public void OnFault(Exception fault)
    {
        AmqpLog.Failed(Broker.Logger, fault, Connection.Id);
        Connection.Abort("the broker has failed in serving it");
    }

    /// <inheritdoc/>
    public ConsumeResult Consume(ReadOnlySpan<byte> received)
    {
        if (Pause.IsOn && !IsClosing)
        {
            return new ConsumeResult(0, ConsumeStatus.Paused); // Resumed for something else.
        }

        if (_waitsForRoom)
        {
            Volatile.Write(ref _waitsForRoom, false);
            if (!IsClosing && Pause.Begin())
            {
                return new ConsumeResult(0, ConsumeStatus.Paused); // It has been told why it waits.
            }
        }

        int consumed = 0;
        Deliveries.ForgetTime();
        DispatchBatch dispatch = DispatchBatch.Begin();
        ConsumeStatus status = ConsumeGuarded(received, ref consumed, dispatch);
        Complete(received, dispatch);
        _publisher?.Keep(received);
        _pump.Release(dispatch);
        dispatch.Flush();
        _publisher?.BeginLargeBody();
        if (_pump.IsFinished)
        {
            return new ConsumeResult(received.Length, ConsumeStatus.Close);
        }

        if (_publisher is not null && _publisher.TakeHasPublished() && status == ConsumeStatus.Continue && !IsClosing && MustWait())
        {
            status = ConsumeStatus.Paused; // Who only consumes goes on: acknowledgements are what makes room.
        }

        return new ConsumeResult(consumed, status);
    }

    /// <summary>Gives what was gathered to the queues, before a method that must see its effect.</summary>
    public void Complete(ReadOnlySpan<byte> received, DispatchBatch dispatch)
    {
        ResolveNow(dispatch);
        _publisher?.Flush(received, dispatch);
    }

    /// <summary>Answers a request in order, when what it promises is durable and, unless told otherwise, all settlements before it are.</summary>
    /// <param name="channel">The channel that asked.</param>
    /// <param name="method">The answer.</param>
    /// <param name="index">The commit index of what it promises; 0 for nothing.</param>
    /// <param name="starts">A consumer that may be offered messages when the answer has left.</param>
    /// <param name="waits">False for answers that promise no settlement: get-empty.</param>
    public void Reply<T>(AmqpChannel channel, scoped T method, ulong index = 0, AmqpConsumer? starts = null, bool waits = true)
        where T : struct, IMethod<T>, allows ref struct
    {
        lock (Outbox.Gate)
        {
            Replies.AddReply(channel.Number, method, waits ? Math.Max(index, SettledIndex) : index, starts);
        }
    }

    /// <summary>Answers a request with a method without arguments; waits as <see cref="Reply"/> does.</summary>
    public void ReplyBare(AmqpChannel channel, MethodId method, ulong index = 0)
    {
        lock (Outbox.Gate)
        {
            Replies.AddBareReply(channel.Number, method, Math.Max(index, SettledIndex));
        }
    }

    /// <summary>Announces a consumer; if its queue has gone meanwhile, its end right behind.</summary>
    public void ReplyConsumeOk(AmqpConsumer consumer)
    {
        lock (Outbox.Gate)
        {
            Replies.AddReply(consumer.Channel.Number, new BasicConsumeOk { ConsumerTag = consumer.Tag }, SettledIndex, consumer);
            consumer.IsAnnounced = true;
            if (consumer.IsCancelled)
            {
                Deliveries.AddCancel(consumer);
            }
        }
    }

    /// <summary>Resolves what was gathered, at once.</summary>
    public void ResolveNow(DispatchBatch dispatch)
    {
        if (_resolving is { IsEmpty: false } resolving)
        {
            SettledIndex = Math.Max(SettledIndex, resolving.Resolve(dispatch));
        }
    }

    /// <summary>Counts answers to publishes that leave. Under the gate.</summary>
    public void CountAnswers(ushort channel, int count, bool isConfirm)
    {
        if (_channels.TryGetValue(channel, out AmqpChannel? publisher))
        {
            publisher.AnsweredCount += (ulong)count;
            if (isConfirm)
            {
                publisher.Count().Add(MessageEvent.Confirmed, count);
            }
        }
    }

    /// <summary>Remembers a settlement that later replies must wait for.</summary>
    public void OnSettled(ulong index) => SettledIndex = Math.Max(SettledIndex, index);

    /// <summary>Stops reading until <see cref="IConnection.Resume"/>; the frame at hand comes again.</summary>
    public void PauseBeforeThisFrame() => _isPaused = true;

    /// <summary>Resumes after the replies that wait now; false when none does.</summary>
    public bool ResumeAfterReplies() => _pump.ResumeAfterReplies();

    /// <inheritdoc/>
    public void OnTick(long nowMs)
    {
        long closingSinceMs = Volatile.Read(ref _closingSinceMs);
        if (closingSinceMs != 0 && nowMs - closingSinceMs > Options.HandshakeTimeoutMs)
        {
            Connection.Abort("the peer did not answer connection.close");
        }

        if (Volatile.Read(ref _waitsForRoom) && Broker.Admission.Reason is not null)
        {
            Connection.Resume(); // The disk is full, not only slow: its client shall be told.
        }

        _handshake.OnTick(nowMs);
        Outbox.Flush();
    }

    /// <inheritdoc/>
    public void OnClosed(ConnectionCloseReason reason)
    {
        DispatchBatch dispatch = DispatchBatch.Begin();
        try
        {
            EndChannels(dispatch);
        }
        catch (Exception fault) when (Durability.IsStoreFailure(fault))
        {
            // What was unacknowledged is ready again after the restart that now follows.
        }

        _publisher?.Close();
        Pause.Close();
        dispatch.Flush();
        _handshake.OnClosed(reason);
    }

    /// <summary>Ends all channels. Owner only; no gate held.</summary>
    public void EndChannels(DispatchBatch dispatch)
    {
        foreach (AmqpChannel channel in _channels.Values)
        {
            EndChannel(channel, dispatch);
        }

        _handshake.Tally?.CloseChannels(_channels.Count);
        Broker.Churn.OnChannelsClosed(_channels.Count);
        lock (Outbox.Gate)
        {
            _channels.Clear();
        }

        _lastChannel = null;
    }

    /// <inheritdoc/>
    public void BeginStop(string reason)
    {
        if (!_handshake.IsOpen)
        {
            Connection.Close();
            return;
        }

        SendConnectionClose(ErrorTexts.ConnectionForced(reason));
        DispatchBatch dispatch = DispatchBatch.Begin();
        _pump.Release(dispatch);
        dispatch.Flush();
        Outbox.Flush();
        Connection.Resume(); // So that the answer is read although the connection may be paused.
    }

    long IOpenConnection.BackloggedBytes => Outbox.IsBacklogged ? Outbox.PendingBytes : 0;

    IReadOnlyList<OpenChannel> IOpenConnection.ListChannels() => ChannelList.Of(this);

    IReadOnlyList<HeldMessages> IOpenConnection.ListHeld(Queue queue) => ChannelList.HeldOf(this, queue);

    void IOpenConnection.Close(string reason) => BeginStop(reason);

    /// <summary>There is room again: reading goes on.</summary>
    public void OnCommitted(ulong committedIndex) => Connection.Resume();

    /// <summary>Opens a channel.</summary>
    public void OpenChannel(ushort number)
    {
        if (_channels.ContainsKey(number))
        {
            throw new ProtocolException(ErrorTexts.SecondChannelOpen);
        }

        if (number > ChannelMax)
        {
            throw new ProtocolException(ErrorTexts.ChannelLimit(_channels.Count, ChannelMax));
        }

        long? channelsMax = Broker.LimitsOfUsers.Get(_handshake.User!.Name).ChannelsMax;
        if (!_handshake.Tally!.TryOpenChannel(channelsMax))
        {
            throw new ProtocolException(ErrorTexts.UserChannelLimit(_handshake.User.Name, channelsMax));
        }

        var channel = new AmqpChannel(number, this);
        lock (Outbox.Gate)
        {
            _channels.Add(number, channel);
        }

        Broker.Churn.OnChannelOpened();
        Reply(channel, default(ChannelOpenOk));
    }

    /// <summary>Ends a channel: its consumers go, what they held becomes ready again. Owner only; no gate held.</summary>
    public void EndChannel(AmqpChannel channel, DispatchBatch dispatch)
    {
        channel.EndReplyConsumer();
        channel.Transaction?.Rollback();
        AmqpConsumer[] consumers;
        lock (Outbox.Gate)
        {
            channel.IsClosed = true;
            consumers = channel.TakeConsumers();
            channel.StopTimeouts();
            while (channel.Unacked.TryTakeFirst(ulong.MaxValue, out UnackedRun run))
            {
                Resolving.Fail(run.Queue, run.Start, run.End);
            }
        }

        foreach (AmqpConsumer consumer in consumers)
        {
            RemoveConsumer(consumer);
        }

        ResolveNow(dispatch);
        channel.ResetContent();
        channel.Counters?.End();
    }

    /// <summary>Takes a consumer off its queue, and the queue away when it was to go with its last consumer; replies wait for that.</summary>
    public void RemoveConsumer(AmqpConsumer consumer)
    {
        if (consumer.Queue.RemoveConsumer(consumer) && consumer.Queue.Settings.AutoDelete)
        {
            OnSettled(Host.DeleteUnused(consumer.Queue));
        }
    }

    /// <summary>Forgets a channel; its number may be used again.</summary>
    public void ForgetChannel(AmqpChannel channel)
    {
        bool isRemoved;
        lock (Outbox.Gate)
        {
            isRemoved = _channels.Remove(channel.Number);
        }

        if (isRemoved)
        {
            _handshake.Tally!.CloseChannels(1);
            Broker.Churn.OnChannelsClosed(1);
        }

        _lastChannel = null;
    }

    /// <summary>Queues connection.close, once; the peer is ignored until it answers. The caller flushes.</summary>
    public void SendConnectionClose(ProtocolError error)
    {
        lock (Outbox.Gate)
        {
            if (_closingSinceMs != 0)
            {
                return;
            }

            Volatile.Write(ref _closingSinceMs, Math.Max(1, _clock.NowMs));
            Deliveries.IsStopped = true;
            Replies.AddReply(0, new ConnectionClose { ReplyCode = error.Code, ReplyText = error.GetReplyText(), FailingMethod = error.Method }, index: 0);
        }
    }

    /// <summary>Its publishing half.</summary>
    public Publisher Publisher => _publisher ??= new Publisher(this);

    /// <summary>Whether who has published must wait, for the broker's resources or for the disk to keep up; then something resumes it.</summary>
    private bool MustWait()
    {
        if (Pause.Begin())
        {
            return true;
        }

        bool waits = Broker.Durability.CongestionReason is not null && Broker.Durability.OnRoom(this);
        Volatile.Write(ref _waitsForRoom, waits);
        return waits;
    }

    private ConsumeStatus ConsumeGuarded(ReadOnlySpan<byte> received, ref int consumed, DispatchBatch dispatch)
    {
        while (true)
        {
            try
            {
                return ConsumeFrames(received, ref consumed, dispatch);
            }
            catch (ProtocolException fault)
            {
                Complete(received, dispatch);
                OnFault(fault, dispatch);
            }
        }
    }

    private ConsumeStatus ConsumeFrames(ReadOnlySpan<byte> received, ref int consumed, DispatchBatch dispatch)
    {
        _isPaused = false;
        if (_publisher is { IsWritingBody: true })
        {
            return ConsumeStatus.Paused;
        }

        _publisher?.FinishLargeBody();
        if (!_handshake.IsHeaderRead)
        {
            ConsumeStatus? early = _handshake.ReadProtocolHeader(received, ref consumed);
            if (early is not null)
            {
                return early.Value;
            }
        }

        while (true)
        {
            ReadOnlySpan<byte> unread = received[consumed..];
            switch (FrameCodec.TryRead(unread, Deliveries.FrameBytesMax, out FrameHeader header))
            {
                case FrameReadStatus.Incomplete:
                    return ConsumeStatus.Continue;
                case FrameReadStatus.Malformed:
                    consumed = received.Length;
                    _currentMethod = MethodId.None;
                    throw new ProtocolException(ErrorTexts.MalformedFrame(unread, Deliveries.FrameBytesMax));
            }

            int frameStart = consumed;
            consumed += header.FrameBytes;
            ConsumeStatus status = OnFrame(received, frameStart, header, dispatch);
            if (_isPaused)
            {
                consumed = frameStart;
                return ConsumeStatus.Paused;
            }

            if (status != ConsumeStatus.Continue)
            {
                return status;
            }
        }
    }

    private ConsumeStatus OnFrame(ReadOnlySpan<byte> received, int frameStart, FrameHeader header, DispatchBatch dispatch)
    {
        _currentChannel = header.Channel;
        _currentMethod = MethodId.None;
        int payloadStart = frameStart + FrameCodec.HeaderBytes;
        if (header.Channel == 0)
        {
            Complete(received, dispatch);
            return _handshake.OnFrame(header, received.Slice(payloadStart, header.PayloadBytes), dispatch);
        }

        if (IsClosing)
        {
            return ConsumeStatus.Continue; // Until close-ok everything else is thrown away (section 2.2.4).
        }

        AmqpChannel? channel = FindChannel(header.Channel);
        if (channel is not null && channel.Stage != ContentStage.None)
        {
            _currentMethod = MethodId.BasicPublish; // Whatever comes now belongs to it, or breaks it.
        }

        switch (header.Type)
        {
            case FrameType.Method:
                OnMethod(channel, received, payloadStart, header, dispatch);
                return ConsumeStatus.Continue;
            case FrameType.Header when channel is { IsClosing: false }:
                return Publisher.AddHeader(channel, received, payloadStart, header.PayloadBytes) ? ConsumeStatus.Paused : ConsumeStatus.Continue;
            case FrameType.Body when channel is { IsClosing: false }:
                return Publisher.AddBody(channel, received, payloadStart, header.PayloadBytes) ? ConsumeStatus.Paused : ConsumeStatus.Continue;
            case FrameType.Header or FrameType.Body when channel is not null:
                return ConsumeStatus.Continue;
            case FrameType.Header or FrameType.Body:
                throw new ProtocolException(ErrorTexts.ExpectedChannelOpen);
            case FrameType.Heartbeat:
                throw new ProtocolException(ErrorTexts.UnexpectedFrame(header.Type, received.Slice(payloadStart, header.PayloadBytes)));
            default:
                throw new ProtocolException(ErrorTexts.UnknownFrame(header.Type, received.Slice(payloadStart, header.PayloadBytes)));
        }
    }

    private void OnMethod(AmqpChannel? channel, ReadOnlySpan<byte> received, int payloadStart, FrameHeader header, DispatchBatch dispatch)
    {
        if (!MethodFrame.TrySplit(received.Slice(payloadStart, header.PayloadBytes), out MethodId id, out ReadOnlySpan<byte> arguments))
        {
            throw new ProtocolException(ErrorTexts.UnknownFrame(header.Type, received.Slice(payloadStart, header.PayloadBytes)));
        }

        if (_currentMethod == MethodId.None)
        {
            _currentMethod = id;
        }

        _handshake.RequireOpen(id);
        if (channel is null)
        {
            if (id != MethodId.ChannelOpen)
            {
                throw new ProtocolException(ErrorTexts.ExpectedChannelOpen);
            }

            OpenChannel(header.Channel);
            return;
        }

        if (channel.IsClosing)
        {
            ChannelMethods.OnWhileClosing(this, channel, id);
            return;
        }

        if (channel.Stage != ContentStage.None)
        {
            throw new ProtocolException(channel.Stage == ContentStage.Header ? ErrorTexts.ExpectedContentHeader(ContentHeader.BasicClassId) : ErrorTexts.ExpectedContentBody);
        }

        switch (id)
        {
            case MethodId.BasicPublish:
                if (!BasicPublish.TryRead(arguments, out BasicPublish publish))
                {
                    throw new ProtocolException(ErrorTexts.CannotDecode(id, arguments));
                }

                Publisher.Begin(channel, publish, payloadStart + MethodFrame.IdBytes);
                return;
            case MethodId.BasicAck or MethodId.BasicNack or MethodId.BasicReject:
                BasicMethods.OnAcknowledge(channel, id, arguments);
                return;
            default:
                Complete(received, dispatch);
                ChannelMethods.OnMethod(this, channel, id, arguments, dispatch);
                return;
        }
    }

    /// <summary>The client sent connection.close: all is ended, then answered; the connection closes when the answer has left.</summary>
    public void OnClientClose(DispatchBatch dispatch)
    {
        EndChannels(dispatch);
        lock (Outbox.Gate)
        {
            Volatile.Write(ref _closingSinceMs, Math.Max(1, _clock.NowMs));
            Replies.AddBareReply(0, MethodId.ConnectionCloseOk, SettledIndex);
            _pump.ClosesWhenEmpty = true;
        }
    }

    private AmqpChannel? FindChannel(ushort number)
    {
        if (_lastChannel?.Number != number)
        {
            _lastChannel = _channels.GetValueOrDefault(number);
        }

        return _lastChannel;
    }

    private void OnFault(ProtocolException fault, DispatchBatch dispatch)
    {
        ProtocolError error = fault.Error.Method == MethodId.None ? fault.Error with { Method = _currentMethod } : fault.Error;
        if (fault.ClosesChannelOnly && _channels.TryGetValue(_currentChannel, out AmqpChannel? channel))
        {
            AmqpLog.ChannelError(Broker.Logger, Connection.Id, channel.Number, fault.Error.Text);
            EndChannel(channel, dispatch);
            channel.IsClosing = true;
            Reply(channel, new ChannelClose { ReplyCode = error.Code, ReplyText = error.GetReplyText(), FailingMethod = error.Method });
            return;
        }

        if (IsClosing)
        {
            return; // What follows a close is not looked at, but where its frames begin may be unclear now.
        }

        AmqpLog.ConnectionError(Broker.Logger, Connection.Id, fault.Error.Text);
        EndChannels(dispatch);
        SendConnectionClose(error);
    }
}
