using System.Text;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Transport;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>The client's end of an in-memory connection: sends frames, and expects frames in order.</summary>
public sealed class AmqpPeer
{
    /// <summary>A safety net only: what is expected comes as soon as the disk allows.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private const int FrameMax = 131_072;

    private readonly Queue<PeerFrame> _frames = new();
    private byte[] _unread = [];

    public AmqpPeer(TestBroker broker)
    {
        Connection = new InMemoryConnection(broker.Broker.Time);
        Session = Connection.Open(broker.NewProtocol());
    }

    public InMemoryConnection Connection { get; }

    public ISession Session { get; }

    /// <summary>Raw properties of the content that was expected last.</summary>
    public byte[] LastProperties { get; private set; } = [];

    /// <summary>Whether something has come that was not expected yet.</summary>
    public bool HasOutput
    {
        get
        {
            Pump();
            return _frames.Count > 0;
        }
    }

    /// <summary>Sends raw bytes: one read of the session.</summary>
    public void SendBytes(ReadOnlySpan<byte> bytes) => Connection.Feed(bytes);

    public void Send<T>(ushort channel, scoped T method)
        where T : struct, IMethod<T>, allows ref struct
    {
        SendBytes(Frame(channel, method));
    }

    public void SendBare(ushort channel, MethodId method) => SendBytes(BareFrame(channel, method));

    /// <summary>The frame of a method, for several in one read.</summary>
    public static byte[] Frame<T>(ushort channel, scoped T method)
        where T : struct, IMethod<T>, allows ref struct
    {
        byte[] frame = new byte[method.GetFrameBytes()];
        method.Write(frame, channel);
        return frame;
    }

    public static byte[] BareFrame(ushort channel, MethodId method)
    {
        byte[] frame = new byte[MethodFrame.BareBytes];
        MethodFrame.WriteBare(frame, channel, method);
        return frame;
    }

    /// <summary>The frames of one publish to the default exchange or another.</summary>
    public static byte[] PublishFrames(ushort channel, string exchange, string key, byte[] body, byte deliveryMode = 2, bool mandatory = false)
    {
        var method = new BasicPublish { Exchange = Encoding.UTF8.GetBytes(exchange), RoutingKey = Encoding.UTF8.GetBytes(key), Mandatory = mandatory };
        return PublishFrames(channel, method, new BasicPropertyValues { DeliveryMode = deliveryMode }.ToArray(), body);
    }

    /// <summary>The frames of one publish with these raw properties.</summary>
    public static byte[] PublishFrames(ushort channel, scoped BasicPublish method, byte[] properties, byte[] body)
    {
        ContentLayout layout = ContentLayout.Of(method, properties.Length, body.Length, FrameMax);
        byte[] frames = new byte[layout.TotalBytes];
        ContentFrames.Write(frames, channel, layout, method, properties, body);
        return frames;
    }

    public void Publish(ushort channel, string key, string body, byte deliveryMode = 2, string exchange = "", bool mandatory = false) =>
        SendBytes(PublishFrames(channel, exchange, key, Encoding.UTF8.GetBytes(body), deliveryMode, mandatory));

    public void Login(string user, string password, bool closesOnRefusal = true, bool notifiesCancel = true, bool notifiesBlocked = true)
    {
        SendCredentials(user, password, closesOnRefusal, notifiesCancel, notifiesBlocked);
        if (user != "guest" || password != "guest")
        {
            return;
        }

        SendOpen();
        Expect(MethodId.ConnectionOpenOk);
    }

    /// <summary>Begins a connection and logs in; what the broker answers is for the caller to expect.</summary>
    public void SendCredentials(string user, string password, bool closesOnRefusal = true, bool notifiesCancel = true, bool notifiesBlocked = true)
    {
        SendBytes(ProtocolHeader.Amqp091);
        Expect(MethodId.ConnectionStart);
        var capabilities = new FieldTable { { "connection.blocked", notifiesBlocked }, { "consumer_cancel_notify", notifiesCancel }, { "authentication_failure_close", closesOnRefusal } };
        Send(0, new ConnectionStartOk
        {
            ClientProperties = FieldTableCodec.ToArray(new FieldTable { { "capabilities", capabilities } }),
            Mechanism = "PLAIN"u8,
            Response = Encoding.UTF8.GetBytes($"\0{user}\0{password}"),
            Locale = "en_US"u8,
        });
    }

    /// <summary>Goes on after the password was accepted, up to the request for a virtual host.</summary>
    public void SendOpen(string host = "/")
    {
        Expect(MethodId.ConnectionTune);
        Send(0, new ConnectionTuneOk { ChannelMax = 2047, FrameBytesMax = 131_072, HeartbeatSeconds = 60 });
        Send(0, new ConnectionOpen { VirtualHost = Encoding.UTF8.GetBytes(host) });
    }

    public void OpenChannel(ushort channel)
    {
        Send(channel, default(ChannelOpen));
        Expect(MethodId.ChannelOpenOk, channel);
    }

    public void DeclareQueue(ushort channel, string name, bool durable = true, bool exclusive = false, bool autoDelete = false)
    {
        Send(channel, new QueueDeclare { Queue = Encoding.UTF8.GetBytes(name), Durable = durable, Exclusive = exclusive, AutoDelete = autoDelete });
        Expect(MethodId.QueueDeclareOk, channel);
    }

    public void Consume(ushort channel, string queue, string tag, bool noAck = false)
    {
        Send(channel, new BasicConsume { Queue = Encoding.UTF8.GetBytes(queue), ConsumerTag = Encoding.UTF8.GetBytes(tag), NoAck = noAck });
        Expect(MethodId.BasicConsumeOk, channel);
    }

    /// <summary>The next frame is this method; gives its arguments.</summary>
    public byte[] Expect(MethodId method, ushort? channel = null)
    {
        PeerFrame frame = Next();
        Assert.Equal(FrameType.Method, frame.Type);
        Assert.True(MethodFrame.TrySplit(frame.Payload, out MethodId id, out ReadOnlySpan<byte> arguments));
        if (id != method)
        {
            Assert.Fail($"Expected {method}, got {id}: {Encoding.Latin1.GetString(arguments)}");
        }

        if (channel is not null)
        {
            Assert.Equal(channel.Value, frame.Channel);
        }

        return arguments.ToArray();
    }

    /// <summary>The next frame is a method: which one.</summary>
    public MethodId ExpectMethod()
    {
        PeerFrame frame = Next();
        Assert.Equal(FrameType.Method, frame.Type);
        Assert.True(MethodFrame.TrySplit(frame.Payload, out MethodId id, out _));
        return id;
    }

    /// <summary>The next frames are a delivery with this body.</summary>
    public PeerDelivery ExpectDelivery(string? body = null)
    {
        byte[] arguments = Expect(MethodId.BasicDeliver);
        Assert.True(BasicDeliver.TryRead(arguments, out BasicDeliver deliver));
        var delivery = new PeerDelivery(
            Encoding.UTF8.GetString(deliver.ConsumerTag), deliver.DeliveryTag, deliver.Redelivered, Encoding.UTF8.GetString(deliver.Exchange),
            Encoding.UTF8.GetString(deliver.RoutingKey), ExpectContent());
        if (body is not null)
        {
            Assert.Equal(body, Encoding.UTF8.GetString(delivery.Body));
        }

        return delivery;
    }

    /// <summary>The next frames are a content header and its body.</summary>
    public byte[] ExpectContent()
    {
        PeerFrame header = Next();
        Assert.Equal(FrameType.Header, header.Type);
        Assert.True(ContentHeader.TryRead(header.Payload, out ContentHeader content));
        ulong bodyBytes = content.BodyBytes;
        LastProperties = content.Properties.ToArray();
        using var body = new MemoryStream();
        while ((ulong)body.Length < bodyBytes)
        {
            PeerFrame frame = Next();
            Assert.Equal(FrameType.Body, frame.Type);
            body.Write(frame.Payload);
        }

        return body.ToArray();
    }

    /// <summary>Does a synchronous round trip and asserts that nothing else came before its answer.</summary>
    public void ExpectNothingMore(ushort channel)
    {
        Send(channel, new BasicQos { PrefetchCount = 0, Global = true });
        Expect(MethodId.BasicQosOk, channel);
    }

    /// <summary>Asserts that nothing has been sent to the client that it has not expected yet.</summary>
    public void ExpectSilence()
    {
        Pump();
        Assert.Empty(_frames);
    }

    public ProtocolError ExpectChannelClose(ushort channel)
    {
        byte[] arguments = Expect(MethodId.ChannelClose, channel);
        return ReadClose(arguments);
    }

    public static ProtocolError ReadClose(byte[] arguments)
    {
        Assert.True(ChannelClose.TryRead(arguments, out ChannelClose close));
        return new ProtocolError(close.ReplyCode, Encoding.UTF8.GetString(close.ReplyText), close.FailingMethod);
    }

    public ProtocolError ExpectConnectionClose()
    {
        byte[] arguments = Expect(MethodId.ConnectionClose, 0);
        Assert.True(ConnectionClose.TryRead(arguments, out ConnectionClose close));
        return new ProtocolError(close.ReplyCode, Encoding.UTF8.GetString(close.ReplyText), close.FailingMethod);
    }

    /// <summary>The broker stops.</summary>
    public void BeginStop()
    {
        Session.BeginStop("the broker stops");
        Connection.Outbox.Flush();
    }

    /// <summary>The peer vanishes without a word.</summary>
    public void Vanish() => Connection.End(ConnectionCloseReason.Reset);

    public void ExpectClosed() => WaitUntil(() => Connection.IsClosed, "the connection is closed");

    /// <summary>Waits for what other threads do.</summary>
    public void WaitUntil(Func<bool> condition, string what)
    {
        if (!SpinWait.SpinUntil(
            () =>
            {
                Pump();
                return condition();
            },
            Deadline))
        {
            Assert.Fail($"Waited in vain until {what}.");
        }
    }

    private PeerFrame Next()
    {
        WaitUntil(() => _frames.Count > 0, "a frame comes");
        return _frames.Dequeue();
    }

    private void Pump()
    {
        if (Connection.IsPaused)
        {
            Connection.Feed([]); // Goes on only when the session has resumed, as a socket would.
        }

        byte[] output = Connection.TakeOutput();
        if (output.Length == 0)
        {
            return;
        }

        _unread = [.. _unread, .. output];
        ReadOnlySpan<byte> unread = _unread;
        while (FrameCodec.TryRead(unread, int.MaxValue - 16, out FrameHeader header) == FrameReadStatus.Complete)
        {
            _frames.Enqueue(new PeerFrame(header.Type, header.Channel, unread.Slice(FrameCodec.HeaderBytes, header.PayloadBytes).ToArray()));
            unread = unread[header.FrameBytes..];
        }

        _unread = unread.ToArray();
    }
}
