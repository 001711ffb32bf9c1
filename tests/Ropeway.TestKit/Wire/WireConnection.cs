using System.Diagnostics;
using System.Net.Sockets;

namespace Ropeway.TestKit.Wire;

/// <summary>
/// A small, fast, blocking AMQP 0-9-1 client with nothing hidden: what is written leaves at <see cref="Flush"/>, what comes is
/// handled by <see cref="Pump"/>, in the order of the wire. One thread owns it.
/// </summary>
public sealed class WireConnection : IDisposable
{
    // The table {capabilities={connection.blocked=true}}, which is written as a long string is.
    private const string ClientProperties = "\u000ccapabilitiesF\0\0\0\u0015\u0012connection.blockedt\u0001";

    private readonly WireSocket _socket;
    private readonly IWireEvents? _events;
    private byte[] _body = [];
    private byte[] _reply = [];
    private WireMethod _replyMethod;
    private ushort _replyChannel;
    private PendingContent _content;

    private WireConnection(WireSocket socket, IWireEvents? events)
    {
        _socket = socket;
        _events = events;
    }

    /// <summary>What will be sent at the next <see cref="Flush"/>.</summary>
    public FrameWriter Output { get; } = new();

    /// <summary>The negotiated largest frame, with its overhead.</summary>
    public int FrameBytesMax { get; private set; } = 4096;

    /// <summary>Connects, logs in as guest and opens the default virtual host.</summary>
    public static WireConnection Open(BrokerEndpoint endpoint, IWireEvents? events = null, ushort heartbeatSeconds = 0) =>
        Open(WireSocket.Connect(endpoint), events, heartbeatSeconds);

    /// <summary>The same with little memory, for one of thousands.</summary>
    public static WireConnection OpenSmall(BrokerEndpoint endpoint) => Open(WireSocket.Connect(endpoint, receiveBytes: 4096), events: null, heartbeatSeconds: 0);

    private static WireConnection Open(WireSocket socket, IWireEvents? events, ushort heartbeatSeconds)
    {
        var connection = new WireConnection(socket, events);
        try
        {
            connection.Handshake(heartbeatSeconds);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a channel.</summary>
    public void OpenChannel(ushort channel)
    {
        Output.Method(channel, WireMethod.ChannelOpen).ShortString("").End();
        Await(channel, WireMethod.ChannelOpenOk);
    }

    /// <summary>Closes a channel and waits for the reply.</summary>
    public void CloseChannel(ushort channel)
    {
        Output.Method(channel, WireMethod.ChannelClose).U16(200).ShortString("").U16(0).U16(0).End();
        Await(channel, WireMethod.ChannelCloseOk);
    }

    /// <summary>Declares a durable queue and gives its count of ready messages.</summary>
    public uint DeclareQueue(ushort channel, string queue, bool isPassive = false)
    {
        Output.DeclareQueue(channel, queue, isPassive);
        FieldReader reply = Await(channel, WireMethod.QueueDeclareOk);
        reply.SkipShortString();
        return reply.U32();
    }

    /// <summary>Deletes a queue.</summary>
    public void DeleteQueue(ushort channel, string queue)
    {
        Output.DeleteQueue(channel, queue);
        Await(channel, WireMethod.QueueDeleteOk);
    }

    /// <summary>Declares a durable exchange.</summary>
    public void DeclareExchange(ushort channel, string exchange, string kind)
    {
        Output.Method(channel, WireMethod.ExchangeDeclare).U16(0).ShortString(exchange).ShortString(kind).U8(2).EmptyTable().End();
        Await(channel, WireMethod.ExchangeDeclareOk);
    }

    /// <summary>Binds a queue.</summary>
    public void BindQueue(ushort channel, string queue, string exchange, string routingKey)
    {
        Output.BindQueue(channel, queue, exchange, routingKey);
        Await(channel, WireMethod.QueueBindOk);
    }

    /// <summary>Puts the channel in confirm mode.</summary>
    public void SelectConfirms(ushort channel)
    {
        Output.Method(channel, WireMethod.ConfirmSelect).U8(0).End();
        Await(channel, WireMethod.ConfirmSelectOk);
    }

    /// <summary>Sets the prefetch of the channel's later consumers; its reply also settles all earlier acks.</summary>
    public void SetPrefetch(ushort channel, ushort count)
    {
        Output.Method(channel, WireMethod.BasicQos).U32(0).U16(count).U8(0).End();
        Await(channel, WireMethod.BasicQosOk);
    }

    /// <summary>Starts a consumer.</summary>
    public void Consume(ushort channel, string queue, string consumerTag, bool noAck = false)
    {
        Output.Method(channel, WireMethod.BasicConsume).U16(0).ShortString(queue).ShortString(consumerTag).U8(noAck ? (byte)2 : (byte)0).EmptyTable().End();
        Await(channel, WireMethod.BasicConsumeOk);
    }

    /// <summary>Fetches one message; it comes as an event. False when the queue is empty.</summary>
    public bool Get(ushort channel, string queue)
    {
        Output.Method(channel, WireMethod.BasicGet).U16(0).ShortString(queue).U8(0).End();
        Await(channel, WireMethod.BasicGetOk, WireMethod.BasicGetEmpty);
        return _replyMethod == WireMethod.BasicGetOk;
    }

    /// <summary>Returns all unacknowledged messages of the channel to their queues.</summary>
    public void Recover(ushort channel)
    {
        Output.Method(channel, WireMethod.BasicRecover).U8(1).End();
        Await(channel, WireMethod.BasicRecoverOk);
    }

    /// <summary>Writes an ack; it leaves at the next flush.</summary>
    public void Ack(ushort channel, ulong tag, bool isMultiple) =>
        Output.Method(channel, WireMethod.BasicAck).U64(tag).U8(isMultiple ? (byte)1 : (byte)0).End();

    /// <summary>Writes a nack with requeue; it leaves at the next flush.</summary>
    public void Requeue(ushort channel, ulong tag, bool isMultiple) =>
        Output.Method(channel, WireMethod.BasicNack).U64(tag).U8(isMultiple ? (byte)3 : (byte)2).End();

    /// <summary>Sends what was written.</summary>
    public void Flush()
    {
        if (Output.Count == 0)
        {
            return;
        }

        try
        {
            _socket.Send(Output.Written);
        }
        catch (SocketException cause)
        {
            throw new WireClosedException("Sending failed: " + cause.Message);
        }
        finally
        {
            Output.Clear();
        }
    }

    /// <summary>Handles everything that is there; waits for the first when nothing is. False when nothing came.</summary>
    public bool Pump(int timeoutMs)
    {
        if (HandleReceived())
        {
            return true;
        }

        switch (_socket.Receive(timeoutMs))
        {
            case ReceiveStatus.Received:
                HandleReceived();
                return true;
            case ReceiveStatus.Closed:
                throw new WireClosedException("The broker closed the socket.");
            default:
                return false;
        }
    }

    /// <summary>Closes the connection in the protocol's way.</summary>
    public void Close()
    {
        Output.Method(0, WireMethod.ConnectionClose).U16(200).ShortString("bye").U16(0).U16(0).End();
        Await(0, WireMethod.ConnectionCloseOk);
        Dispose();
    }

    /// <summary>Drops the socket with a reset.</summary>
    public void Drop() => _socket.Reset();

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>Flushes and pumps until one of two replies came on the channel; gives its arguments.</summary>
    public FieldReader Await(ushort channel, WireMethod expected, WireMethod alternative = WireMethod.None)
    {
        Flush();
        _replyMethod = WireMethod.None;
        long started = Stopwatch.GetTimestamp();
        while (_replyMethod == WireMethod.None)
        {
            if (!HandleNext() && _socket.Receive(1000) is var status && status != ReceiveStatus.Received)
            {
                if (status == ReceiveStatus.Closed)
                {
                    throw new WireClosedException("The broker closed the socket.");
                }

                if (Stopwatch.GetElapsedTime(started) > 4 * TestDeadline.Value)
                {
                    throw new TimeoutException($"No {expected} came.");
                }
            }
        }

        if ((_replyMethod != expected && _replyMethod != alternative) || _replyChannel != channel)
        {
            throw new WireClosedException($"Expected {expected} on channel {channel}, got {_replyMethod} on channel {_replyChannel}.");
        }

        return new FieldReader(_reply);
    }

    private void Handshake(ushort heartbeatSeconds)
    {
        _socket.Send("AMQP\x00\x00\x09\x01"u8);
        Await(0, WireMethod.ConnectionStart);
        Output.Method(0, WireMethod.ConnectionStartOk).LongString(ClientProperties).ShortString("PLAIN").LongString("\0guest\0guest").ShortString("en_US").End();
        FieldReader tune = Await(0, WireMethod.ConnectionTune);
        ushort channelCountMax = tune.U16();
        FrameBytesMax = (int)tune.U32();
        Output.Method(0, WireMethod.ConnectionTuneOk).U16(channelCountMax).U32((uint)FrameBytesMax).U16(heartbeatSeconds).End();
        Output.Method(0, WireMethod.ConnectionOpen).ShortString("/").ShortString("").U8(0).End();
        Await(0, WireMethod.ConnectionOpenOk);
    }

    private bool HandleReceived()
    {
        bool any = false;
        while (HandleNext())
        {
            any = true;
        }

        return any;
    }

    private bool HandleNext()
    {
        if (!_socket.TryTake(out FrameView frame))
        {
            return false;
        }

        switch (frame.Kind)
        {
            case FrameKind.Method:
                HandleMethod(frame);
                break;
            case FrameKind.Header:
                FieldReader header = new(frame.Payload[4..]);
                _content.BodyBytes = checked((int)header.U64());
                _content.FilledBytes = 0;
                if (_content.BodyBytes == 0)
                {
                    Complete([]);
                }

                break;
            case FrameKind.Body:
                HandleBody(frame.Payload);
                break;
            default:
                break;
        }

        return true;
    }

    private void HandleMethod(FrameView frame)
    {
        FieldReader arguments = frame.Arguments;
        switch (frame.Method)
        {
            case WireMethod.BasicDeliver:
                arguments.SkipShortString();
                _content = new PendingContent { Method = frame.Method, Channel = frame.Channel, Tag = arguments.U64(), IsRedelivered = arguments.U8() != 0 };
                break;
            case WireMethod.BasicGetOk:
                _content = new PendingContent { Method = frame.Method, Channel = frame.Channel, Tag = arguments.U64(), IsRedelivered = arguments.U8() != 0 };
                break;
            case WireMethod.BasicReturn:
                _content = new PendingContent { Method = frame.Method, Channel = frame.Channel };
                break;
            case WireMethod.BasicAck:
                _events?.OnConfirm(new WireConfirm(frame.Channel, arguments.U64(), arguments.U8() != 0, IsNack: false));
                break;
            case WireMethod.BasicNack:
                _events?.OnConfirm(new WireConfirm(frame.Channel, arguments.U64(), (arguments.U8() & 1) != 0, IsNack: true));
                break;
            case WireMethod.ConnectionClose or WireMethod.ChannelClose:
                throw new WireClosedException(frame.Method, arguments.U16(), arguments.ShortString());
            case WireMethod.ConnectionBlocked or WireMethod.ConnectionUnblocked:
                _events?.OnBlocked(frame.Method == WireMethod.ConnectionBlocked ? arguments.ShortString() : null);
                break;
            default:
                TakeReply(frame.Channel, frame.Method, arguments.Rest);
                break;
        }
    }

    private void HandleBody(ReadOnlySpan<byte> part)
    {
        if (_content.FilledBytes == 0 && part.Length == _content.BodyBytes)
        {
            Complete(part);
            return;
        }

        if (_body.Length < _content.BodyBytes)
        {
            _body = new byte[_content.BodyBytes];
        }

        part.CopyTo(_body.AsSpan(_content.FilledBytes));
        _content.FilledBytes += part.Length;
        if (_content.FilledBytes == _content.BodyBytes)
        {
            Complete(_body.AsSpan(0, _content.BodyBytes));
        }
    }

    private void Complete(ReadOnlySpan<byte> body)
    {
        _events?.OnMessage(new WireDelivery
        {
            Method = _content.Method,
            Channel = _content.Channel,
            Tag = _content.Tag,
            IsRedelivered = _content.IsRedelivered,
            Body = body,
        });
        if (_content.Method == WireMethod.BasicGetOk)
        {
            TakeReply(_content.Channel, WireMethod.BasicGetOk, []); // Only now is its content complete.
        }
    }

    private void TakeReply(ushort channel, WireMethod method, ReadOnlySpan<byte> arguments)
    {
        _replyMethod = method;
        _replyChannel = channel;
        _reply = arguments.ToArray();
    }

    private struct PendingContent
    {
        public WireMethod Method;
        public ushort Channel;
        public ulong Tag;
        public bool IsRedelivered;
        public int BodyBytes;
        public int FilledBytes;
    }
}
