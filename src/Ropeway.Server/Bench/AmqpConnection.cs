using System.Net;
using System.Net.Sockets;
using System.Text;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Server.Bench;

/// <summary>
/// One connection to the broker with one channel, on a blocking socket. One thread reads; any thread may send, a send is
/// one whole frame or more. Disposing it from another thread ends a read that waits.
/// </summary>
internal sealed class AmqpConnection : IDisposable
{
    /// <summary>The one channel.</summary>
    public const ushort Channel = 1;

    private const int FrameBytesWanted = 131_072; // RabbitMQ's default; more brings nothing.

    private readonly Socket _socket;
    private readonly FrameBuffer _received;
    private readonly Lock _sendGate = new();
    private bool _isDisposed;

    private AmqpConnection(Socket socket, int readBytes)
    {
        _socket = socket;
        _received = new FrameBuffer(FrameBytesWanted, readBytes);
    }

    /// <summary>Negotiated frame-max.</summary>
    public int FrameBytesMax { get; private set; } = FrameBytesWanted;

    /// <summary>Connects, logs in, opens the virtual host and the channel.</summary>
    /// <param name="target">The broker.</param>
    /// <param name="name">Connection name that the broker's tools show.</param>
    /// <param name="timeout">Bound for all of it.</param>
    /// <param name="readBytes">Room for one read at the beginning.</param>
    /// <param name="source">Local address to connect from; null lets the system choose.</param>
    /// <exception cref="BenchException">Refused, with the broker's reply code and text, or not answered in time.</exception>
    public static AmqpConnection Open(
        AmqpTarget target, string name, TimeSpan timeout, int readBytes = FrameBuffer.LoadReadBytes, IPAddress? source = null)
    {
        Socket socket = source is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp)
            : new Socket(source.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        var connection = new AmqpConnection(socket, readBytes);
        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            using (deadline.Token.Register(connection.Dispose))
            {
                if (source is not null)
                {
                    socket.Bind(new IPEndPoint(source, port: 0));
                }

                socket.Connect(target.Host, target.Port); // Synchronous on purpose: the socket stays in blocking mode.
                connection.Handshake(target, name);
            }

            return connection;
        }
        catch (Exception fault) when (fault is SocketException or BenchException or ObjectDisposedException)
        {
            connection.Dispose();
            throw deadline.IsCancellationRequested
                ? new BenchException($"{target} did not complete the handshake within {timeout.TotalSeconds:0.#} s.", fault)
                : new BenchException($"Cannot open a connection to {target}: {fault.Message}", fault);
        }
    }

    /// <summary>Waits for bytes and takes them into the buffer.</summary>
    /// <exception cref="BenchException">The broker closed the socket, or the connection broke.</exception>
    public void Receive()
    {
        int bytes;
        try
        {
            bytes = _socket.Receive(_received.GetFree());
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            throw new BenchException($"The connection to the broker broke: {fault.Message}", fault);
        }

        if (bytes == 0)
        {
            throw new BenchException("The broker closed the socket without a close frame.");
        }

        _received.Advance(bytes);
    }

    /// <summary>Takes the next whole frame of what was received; heartbeats are left out.</summary>
    /// <returns>False when nothing whole is left.</returns>
    public bool TryTake(out FrameHeader header, out ReadOnlySpan<byte> payload)
    {
        do
        {
            if (!_received.TryTake(out header, out payload))
            {
                return false;
            }
        }
        while (header.Type == FrameType.Heartbeat);
        return true;
    }

    /// <summary>Sends bytes that are whole frames.</summary>
    /// <exception cref="BenchException">The connection broke.</exception>
    public void Send(ReadOnlySpan<byte> frames)
    {
        try
        {
            lock (_sendGate)
            {
                while (!frames.IsEmpty)
                {
                    frames = frames[_socket.Send(frames)..];
                }
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            throw new BenchException($"The connection to the broker broke: {fault.Message}", fault);
        }
    }

    /// <summary>Sends a method; not for use per message.</summary>
    public void Send<T>(scoped T method, ushort channel = Channel)
        where T : struct, IMethod<T>, allows ref struct
    {
        byte[] frame = new byte[method.GetFrameBytes()];
        method.Write(frame, channel);
        Send(frame);
    }

    /// <summary>Waits for a method, for use before the load begins and on the control connection.</summary>
    /// <param name="expected">The method that must come next.</param>
    /// <returns>Its arguments; dead after the next read.</returns>
    /// <exception cref="BenchException">The broker closed instead; the message has its reply code and text.</exception>
    public ReadOnlySpan<byte> Expect(MethodId expected)
    {
        while (true)
        {
            while (TryTake(out FrameHeader header, out ReadOnlySpan<byte> payload))
            {
                if (header.Type != FrameType.Method || !MethodFrame.TrySplit(payload, out MethodId id, out ReadOnlySpan<byte> arguments))
                {
                    throw new BenchException($"The broker sent a frame of type {header.Type} where {expected} was expected.");
                }

                if (id == expected)
                {
                    return arguments;
                }

                BrokerReply.ThrowIfClose(id, arguments);
            }

            Receive();
        }
    }

    /// <summary>Bounds every later read; without it a read waits until something comes.</summary>
    public void SetReceiveTimeout(TimeSpan timeout) => _socket.ReceiveTimeout = (int)timeout.TotalMilliseconds;

    /// <summary>Closes the connection in AMQP's way, if it still works, without waiting for long.</summary>
    public void CloseQuietly(TimeSpan timeout)
    {
        try
        {
            SetReceiveTimeout(timeout);
            SendClose();
            Expect(MethodId.ConnectionCloseOk);
        }
        catch (Exception fault) when (fault is BenchException or ObjectDisposedException)
        {
            // The run is over; whatever went wrong here changes no result.
        }

        Dispose();
    }

    /// <summary>Sends connection.close; the thread that reads gets close-ok.</summary>
    public void SendClose() => Send(new ConnectionClose { ReplyCode = ReplyCode.Success, ReplyText = "load run is over"u8 }, channel: 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _isDisposed, true))
        {
            _socket.Dispose();
        }
    }

    private void Handshake(AmqpTarget target, string name)
    {
        Send(ProtocolHeader.Amqp091);
        Expect(MethodId.ConnectionStart);
        byte[] response = Encoding.UTF8.GetBytes($"\0{target.User}\0{target.Password}");
        Send(
            new ConnectionStartOk
            {
                ClientProperties = ClientProperties.Encode(name),
                Mechanism = "PLAIN"u8,
                Response = response,
                Locale = "en_US"u8,
            },
            channel: 0);
        Array.Clear(response);

        if (!ConnectionTune.TryRead(Expect(MethodId.ConnectionTune), out ConnectionTune tune))
        {
            throw new BenchException("The broker sent a malformed connection.tune.");
        }

        FrameBytesMax = tune.FrameBytesMax == 0 ? FrameBytesWanted : (int)Math.Min(tune.FrameBytesMax, FrameBytesWanted);
        _received.SetFrameBytesMax(FrameBytesMax);
        Send(new ConnectionTuneOk { ChannelMax = tune.ChannelMax, FrameBytesMax = (uint)FrameBytesMax, HeartbeatSeconds = 0 }, channel: 0);
        Send(new ConnectionOpen { VirtualHost = Encoding.UTF8.GetBytes(target.VirtualHost) }, channel: 0);
        Expect(MethodId.ConnectionOpenOk);
        Send(default(ChannelOpen));
        Expect(MethodId.ChannelOpenOk);
    }
}
