using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Bench.Tests;

/// <summary>
/// A broker on a free loopback port that answers declares and the like, swallows publishes, and does one thing wrong
/// where a test wants it: on the method given to <see cref="Misbehave"/>.
/// </summary>
internal sealed class ScriptedBroker : IDisposable
{
    private const int FrameBytesMax = 131_072;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private MethodId _misbehaveOn;
    private Action<Socket>? _misbehaviour;

    public ScriptedBroker()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    /// <summary>The addresses that clients came from, in order.</summary>
    public ConcurrentQueue<IPAddress> ClientAddresses { get; } = new();

    public string Uri => $"amqp://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}";

    public ScriptedBroker Misbehave(MethodId on, Action<Socket> misbehaviour)
    {
        _misbehaveOn = on;
        _misbehaviour = misbehaviour;
        return this;
    }

    public ScriptedBroker Start()
    {
        StartThread(() =>
        {
            while (true)
            {
                Socket client = _listener.Accept();
                ClientAddresses.Enqueue(((IPEndPoint)client.RemoteEndPoint!).Address);
                StartThread(() => Serve(client));
            }
        });
        return this;
    }

    public static void Send<T>(Socket client, scoped T method, ushort channel)
        where T : struct, IMethod<T>, allows ref struct
    {
        byte[] frame = new byte[method.GetFrameBytes()];
        method.Write(frame, channel);
        client.Send(frame);
    }

    public void Dispose() => _listener.Dispose();

    private static void StartThread(Action run)
    {
        void Guarded()
        {
            try
            {
                run();
            }
            catch (Exception end) when (end is SocketException or ObjectDisposedException)
            {
                // The test is over, or the client hung up.
            }
        }

        new Thread(Guarded) { IsBackground = true }.Start();
    }

    private void Serve(Socket client)
    {
        byte[] buffer = new byte[1024 * 1024];
        int start = 0;
        int end = 0;
        while (end < ProtocolHeader.Bytes)
        {
            end += client.Receive(buffer.AsSpan(end));
        }

        start = ProtocolHeader.Bytes;
        Send(client, new ConnectionStart { VersionMinor = 9, Mechanisms = "PLAIN"u8, Locales = "en_US"u8 }, channel: 0);
        while (true)
        {
            while (FrameCodec.TryRead(buffer.AsSpan(start, end - start), FrameBytesMax, out FrameHeader header) == FrameReadStatus.Complete)
            {
                ReadOnlySpan<byte> payload = buffer.AsSpan(start + FrameCodec.HeaderBytes, header.PayloadBytes);
                start += header.FrameBytes;
                if (header.Type == FrameType.Method && MethodFrame.TrySplit(payload, out MethodId id, out _))
                {
                    Answer(client, id);
                }
            }

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
            int received = client.Receive(buffer.AsSpan(end));
            if (received == 0)
            {
                return;
            }

            end += received;
        }
    }

    private void Answer(Socket client, MethodId id)
    {
        if (id == _misbehaveOn)
        {
            _misbehaviour!(client);
            return;
        }

        switch (id)
        {
            case MethodId.ConnectionStartOk:
                Send(client, new ConnectionTune { ChannelMax = 10, FrameBytesMax = FrameBytesMax }, channel: 0);
                break;
            case MethodId.ConnectionOpen:
                Send(client, default(ConnectionOpenOk), channel: 0);
                break;
            case MethodId.ChannelOpen:
                Send(client, default(ChannelOpenOk), channel: 1);
                break;
            case MethodId.ConfirmSelect:
                Bare(client, MethodId.ConfirmSelectOk, channel: 1);
                break;
            case MethodId.QueueDeclare:
                Send(client, new QueueDeclareOk { Queue = "q"u8 }, channel: 1);
                break;
            case MethodId.QueueDelete:
                Send(client, default(QueueDeleteOk), channel: 1);
                break;
            case MethodId.ChannelClose:
                Bare(client, MethodId.ChannelCloseOk, channel: 1);
                break;
            case MethodId.ConnectionClose:
                Bare(client, MethodId.ConnectionCloseOk, channel: 0);
                break;
        }
    }

    private static void Bare(Socket client, MethodId id, ushort channel)
    {
        byte[] frame = new byte[MethodFrame.BareBytes];
        MethodFrame.WriteBare(frame, channel, id);
        client.Send(frame);
    }
}
