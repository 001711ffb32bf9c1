using System.Buffers.Binary;
using System.Net.Sockets;

namespace Ropeway.TestKit.Wire;

/// <summary>A blocking socket that cuts frames out of what it receives. Owned by one thread.</summary>
public sealed class WireSocket : IDisposable
{
    private readonly Socket _socket;
    private byte[] _received;
    private int _start;
    private int _end;

    private WireSocket(Socket socket, int receiveBytes)
    {
        _socket = socket;
        _received = new byte[receiveBytes];
    }

    /// <summary>Octets received and not taken yet.</summary>
    public ReadOnlySpan<byte> Unread => _received.AsSpan(_start, _end - _start);

    /// <summary>Connects; nothing is sent.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="receiveBytes">Octets received at once; grows for a frame that is larger.</param>
    public static WireSocket Connect(BrokerEndpoint endpoint, int receiveBytes = 1024 * 1024)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(endpoint.Host, endpoint.Port);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        socket.SendTimeout = TestDeadline.Milliseconds * 4;
        return new WireSocket(socket, receiveBytes);
    }

    /// <summary>Sends everything; throws <see cref="SocketException"/> when the peer is gone.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    /// <summary>Receives what is there or waits for something.</summary>
    public ReceiveStatus Receive(int timeoutMs)
    {
        Compact();
        try
        {
            if (!_socket.Poll(timeoutMs * 1000, SelectMode.SelectRead))
            {
                return ReceiveStatus.TimedOut;
            }

            int count = _socket.Receive(_received, _end, _received.Length - _end, SocketFlags.None);
            _end += count;
            return count == 0 ? ReceiveStatus.Closed : ReceiveStatus.Received;
        }
        catch (SocketException)
        {
            return ReceiveStatus.Closed;
        }
    }

    /// <summary>Takes one whole frame out of the buffer; false when there is none.</summary>
    public bool TryTake(out FrameView frame)
    {
        frame = default;
        ReadOnlySpan<byte> unread = Unread;
        if (unread.Length < FrameKind.OverheadBytes)
        {
            return false;
        }

        int payloadBytes = BinaryPrimitives.ReadInt32BigEndian(unread[3..]);
        int frameBytes = payloadBytes + FrameKind.OverheadBytes;
        if (payloadBytes < 0 || payloadBytes > 64 * 1024 * 1024)
        {
            throw new WireClosedException($"The broker sent a frame of {payloadBytes} octets.");
        }

        if (unread.Length < frameBytes)
        {
            if (_received.Length < frameBytes)
            {
                Array.Resize(ref _received, frameBytes * 2);
            }

            return false;
        }

        if (unread[frameBytes - 1] != FrameKind.End)
        {
            throw new WireClosedException("The broker sent a frame without its end octet.");
        }

        frame = new FrameView(unread[0], BinaryPrimitives.ReadUInt16BigEndian(unread[1..]), unread.Slice(7, payloadBytes));
        _start += frameBytes;
        return true;
    }

    /// <summary>Ends the sending half: the peer reads the end of the stream.</summary>
    public void ShutdownSend() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Closes it with a reset, as a peer that disappears.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Compact()
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
        }
        else if (_start > 0 && _received.Length - _end < _received.Length / 2)
        {
            Unread.CopyTo(_received);
            (_start, _end) = (0, _end - _start);
        }
    }
}
