using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Ropeway.CommandLine.Settings;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.CommandLine.Amqp;

/// <summary>One connection with one channel to a broker. One caller at a time. What fails is a <see cref="ClientException"/> with the broker's own words.</summary>
internal sealed class AmqpLink : IAsyncDisposable
{
    private const ushort Channel = 1;
    private const int FrameBytesWanted = 131_072; // RabbitMQ's default; more brings nothing.

    private readonly AmqpAddress _address;
    private readonly Stream _stream;
    private byte[] _received = new byte[FrameBytesWanted];
    private int _payloadBytesMax = FrameBytesWanted - FrameCodec.OverheadBytes;
    private int _start;
    private int _end;

    private AmqpLink(AmqpAddress address, Stream stream)
    {
        _address = address;
        _stream = stream;
    }

    /// <summary>Why publishers have to wait; null when they need not, as far as was read.</summary>
    public string? BlockedReason { get; private set; }

    /// <summary>Connects, signs in, opens the virtual host and the channel.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="settings">As whom, and how long it may take.</param>
    /// <param name="password">The password.</param>
    /// <param name="name">What lists of connections call it.</param>
    /// <param name="time">Clock and timers.</param>
    /// <param name="aborted">Ends the wait.</param>
    /// <exception cref="ClientException">The broker cannot be reached, or refuses.</exception>
    public static async Task<AmqpLink> OpenAsync(AmqpAddress address, ClientSettings settings, string password, string name, TimeProvider time, CancellationToken aborted)
    {
        using var deadline = new CancellationTokenSource(settings.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, aborted);
        AmqpLink? link = null;
        try
        {
            link = new AmqpLink(address, await ConnectAsync(address, either.Token).ConfigureAwait(false));
            await link.HandshakeAsync(settings, password, name, either.Token).ConfigureAwait(false);
            return link;
        }
        catch (Exception fault)
        {
            if (link is not null)
            {
                await link._stream.DisposeAsync().ConfigureAwait(false);
            }

            throw fault switch
            {
                OperationCanceledException when !aborted.IsCancellationRequested => new ClientException(ClientExitCode.Unreachable, $"{address} did not answer within {settings.Timeout.TotalSeconds:0.###} s"),
                SocketException { SocketErrorCode: SocketError.ConnectionRefused } => new ClientException(ClientExitCode.Unreachable, $"nothing listens on {address} (connection refused).", "--amqp names another address", fault),
                SocketException or AuthenticationException or IOException => new ClientException(ClientExitCode.Unreachable, $"cannot reach {address}: {fault.Message}", "--amqp names another address", fault),
                _ => fault,
            };
        }
    }

    /// <summary>Sends a method.</summary>
    public ValueTask SendAsync<T>(scoped T method, CancellationToken aborted, ushort channel = Channel)
        where T : struct, IMethod<T>, allows ref struct
    {
        byte[] frame = new byte[method.GetFrameBytes()];
        method.Write(frame, channel);
        return _stream.WriteAsync(frame, aborted);
    }

    /// <summary>Publishes a message.</summary>
    public ValueTask SendAsync(OutgoingMessage message, CancellationToken aborted)
    {
        var publish = new BasicPublish { Exchange = message.Exchange, RoutingKey = message.RoutingKey, Mandatory = message.IsMandatory };
        ContentLayout layout = ContentLayout.Of(publish, message.Properties.Length, message.Body.Length, _payloadBytesMax + FrameCodec.OverheadBytes);
        byte[] frames = new byte[layout.TotalBytes];
        ContentFrames.Write(frames, Channel, layout, publish, message.Properties, message.Body);
        return WriteAsync(frames, aborted);
    }

    /// <summary>Whether a whole frame is there without waiting.</summary>
    public bool HasFrame => FrameCodec.TryRead(_received.AsSpan(_start, _end - _start), _payloadBytesMax, out _) == FrameReadStatus.Complete;

    /// <summary>Waits for a frame that is no heartbeat.</summary>
    /// <returns>Its type and payload; dead after the next read.</returns>
    /// <exception cref="ClientException">The broker closed the channel or the connection, or cancelled the consumer.</exception>
    public async ValueTask<(byte Type, ReadOnlyMemory<byte> Payload)> ReadAsync(CancellationToken aborted)
    {
        while (true)
        {
            switch (FrameCodec.TryRead(_received.AsSpan(_start, _end - _start), _payloadBytesMax, out FrameHeader header))
            {
                case FrameReadStatus.Complete:
                    ReadOnlyMemory<byte> payload = _received.AsMemory(_start + FrameCodec.HeaderBytes, header.PayloadBytes);
                    _start += header.FrameBytes;
                    if (header.Type != FrameType.Heartbeat && !IsAside(header.Type, payload.Span))
                    {
                        return (header.Type, payload);
                    }

                    break;
                case FrameReadStatus.Malformed:
                    throw new ClientException(ClientExitCode.Failed, $"{_address} does not speak AMQP 0-9-1", "--amqp names another address");
                default:
                    await FillAsync(aborted).ConfigureAwait(false);
                    break;
            }
        }
    }

    /// <summary>Waits for one method.</summary>
    /// <returns>Its arguments; dead after the next read.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> ExpectAsync(MethodId expected, CancellationToken aborted)
    {
        (byte type, ReadOnlyMemory<byte> payload) = await ReadAsync(aborted).ConfigureAwait(false);
        return type == FrameType.Method && MethodFrame.TrySplit(payload.Span, out MethodId id, out _) && id == expected
            ? payload[MethodFrame.IdBytes..]
            : throw Unexpected();
    }

    /// <summary>Says goodbye, so that everything sent before has arrived. Nothing is wrong when the broker is gone.</summary>
    public async Task CloseAsync(TimeSpan timeout, TimeProvider time)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        try
        {
            await SendAsync(new ConnectionClose { ReplyCode = ReplyCode.Success, ReplyText = "done"u8 }, deadline.Token, channel: 0).ConfigureAwait(false);
            while (true)
            {
                (byte type, ReadOnlyMemory<byte> payload) = await ReadAsync(deadline.Token).ConfigureAwait(false);
                if (type == FrameType.Method && MethodFrame.TrySplit(payload.Span, out MethodId id, out _) && id == MethodId.ConnectionCloseOk)
                {
                    return;
                }
            }
        }
        catch (Exception fault) when (fault is IOException or ClientException or OperationCanceledException)
        {
            // What was promised was promised before.
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    /// <summary>The broker sent what does not belong here.</summary>
    public ClientException Unexpected() => new(ClientExitCode.Failed, $"{_address} sent a frame that does not belong here");

    private static async Task<Stream> ConnectAsync(AmqpAddress address, CancellationToken aborted)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true); // A broker that vanished is noticed also while nothing comes.
            await socket.ConnectAsync(address.Host, address.Port, aborted).ConfigureAwait(false);
            var plain = new NetworkStream(socket, ownsSocket: true);
            if (!address.IsTls)
            {
                return plain;
            }

            var tls = new SslStream(plain);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.Host }, aborted).ConfigureAwait(false);
            return tls;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static byte[] ClientProperties(string name)
    {
        var capabilities = new FieldTable();
        capabilities.Add("authentication_failure_close", true); // Else a refused sign-in is a closed socket without a reason.
        capabilities.Add("consumer_cancel_notify", true);
        capabilities.Add("connection.blocked", true);
        var properties = new FieldTable();
        properties.Add("product", "ropeway");
        properties.Add("connection_name", name);
        properties.Add("capabilities", capabilities);
        return FieldTableCodec.ToArray(properties);
    }

    /// <summary>Whether a frame says something that nobody waits for, and was noted.</summary>
    private bool IsAside(byte type, ReadOnlySpan<byte> payload)
    {
        if (type != FrameType.Method || !MethodFrame.TrySplit(payload, out MethodId id, out ReadOnlySpan<byte> arguments))
        {
            return false;
        }

        switch (id)
        {
            case MethodId.ConnectionClose when ConnectionClose.TryRead(arguments, out ConnectionClose close):
                throw Closed((int)close.ReplyCode, Encoding.UTF8.GetString(close.ReplyText));
            case MethodId.ChannelClose when ChannelClose.TryRead(arguments, out ChannelClose close):
                throw Closed((int)close.ReplyCode, Encoding.UTF8.GetString(close.ReplyText));
            case MethodId.ConnectionBlocked when ConnectionBlocked.TryRead(arguments, out ConnectionBlocked blocked):
                BlockedReason = Encoding.UTF8.GetString(blocked.Reason);
                return true;
            case MethodId.ConnectionUnblocked:
                BlockedReason = null;
                return true;
            case MethodId.BasicCancel:
                throw new ClientException(ClientExitCode.NotFound, "the queue was deleted, or is not served any more; the broker cancelled the consumer.");
            default:
                return false;
        }
    }

    private static ClientException Closed(int code, string text) => new(
        code switch
        {
            403 or 530 => ClientExitCode.Forbidden,
            404 => ClientExitCode.NotFound,
            405 or 406 => ClientExitCode.Conflict,
            _ => ClientExitCode.Failed,
        },
        $"the broker closed the channel: {code} {text}");

    private async Task HandshakeAsync(ClientSettings settings, string password, string name, CancellationToken aborted)
    {
        await _stream.WriteAsync(ProtocolHeader.Amqp091.ToArray(), aborted).ConfigureAwait(false);
        await ExpectAsync(MethodId.ConnectionStart, aborted).ConfigureAwait(false);
        byte[] response = Encoding.UTF8.GetBytes($"\0{settings.User}\0{password}");
        await SendAsync(new ConnectionStartOk { ClientProperties = ClientProperties(name), Mechanism = "PLAIN"u8, Response = response, Locale = "en_US"u8 }, aborted, channel: 0).ConfigureAwait(false);
        Array.Clear(response);
        ReadOnlyMemory<byte> offered = await ExpectAsync(MethodId.ConnectionTune, aborted).ConfigureAwait(false);
        await AnswerTuneAsync(offered.Span, aborted).ConfigureAwait(false);
        await SendAsync(new ConnectionOpen { VirtualHost = Encoding.UTF8.GetBytes(settings.VirtualHost) }, aborted, channel: 0).ConfigureAwait(false);
        await ExpectAsync(MethodId.ConnectionOpenOk, aborted).ConfigureAwait(false);
        await SendAsync(default(ChannelOpen), aborted).ConfigureAwait(false);
        await ExpectAsync(MethodId.ChannelOpenOk, aborted).ConfigureAwait(false);
    }

    private ValueTask AnswerTuneAsync(ReadOnlySpan<byte> offered, CancellationToken aborted)
    {
        if (!ConnectionTune.TryRead(offered, out ConnectionTune tune))
        {
            throw Unexpected();
        }

        int frameBytes = tune.FrameBytesMax == 0 ? FrameBytesWanted : (int)Math.Min(tune.FrameBytesMax, FrameBytesWanted);
        _payloadBytesMax = frameBytes - FrameCodec.OverheadBytes;
        return SendAsync(new ConnectionTuneOk { ChannelMax = tune.ChannelMax, FrameBytesMax = (uint)frameBytes, HeartbeatSeconds = 0 }, aborted, channel: 0);
    }

    private async ValueTask WriteAsync(byte[] frames, CancellationToken aborted)
    {
        try
        {
            await _stream.WriteAsync(frames, aborted).ConfigureAwait(false);
        }
        catch (IOException)
        {
            while (true)
            {
                await ReadAsync(aborted).ConfigureAwait(false); // Who ends a connection says why before that; and when nothing was said, reading fails, too.
            }
        }
    }

    private async ValueTask FillAsync(CancellationToken aborted)
    {
        if (_start > 0)
        {
            _received.AsSpan(_start, _end - _start).CopyTo(_received);
            _end -= _start;
            _start = 0;
        }

        if (_end == _received.Length)
        {
            Array.Resize(ref _received, _received.Length * 2); // Ends at the largest frame.
        }

        int bytes;
        try
        {
            bytes = await _stream.ReadAsync(_received.AsMemory(_end), aborted).ConfigureAwait(false);
        }
        catch (IOException fault)
        {
            throw new ClientException(ClientExitCode.Unreachable, $"the connection to {_address} broke: {fault.Message}", next: null, fault);
        }

        _end += bytes > 0 ? bytes : throw new ClientException(ClientExitCode.Unreachable, $"{_address} closed the connection");
    }
}
