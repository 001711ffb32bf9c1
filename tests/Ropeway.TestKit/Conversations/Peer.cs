using System.Globalization;
using System.Text;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Conversations;

/// <summary>
/// One connection of a conversation: sends what it is told, turns what comes into <see cref="Reception"/>s, and answers a close as the
/// protocol wants it. Owned by one thread.
/// </summary>
/// <param name="socket">Connected; the peer disposes it.</param>
/// <param name="aliases">Names of the conversation.</param>
public sealed class Peer(WireSocket socket, Aliases aliases) : IDisposable
{
    private readonly List<Reception> _waiting = [];
    private readonly Dictionary<ushort, ArrivingContent> _contents = [];
    private readonly Dictionary<ushort, SortedSet<ulong>> _unconfirmed = [];
    private readonly Dictionary<ushort, ulong> _published = [];
    private readonly HashSet<ushort> _closed = [];
    private bool _isEnded;

    /// <summary>What came and was not taken yet.</summary>
    public IReadOnlyList<Reception> Waiting => _waiting;

    /// <summary>The broker has closed the channel, or the connection with all of them.</summary>
    public bool IsClosed(ushort channel) => _isEnded || _closed.Contains(channel);

    /// <summary>Channels on which a method was sent and that are still open.</summary>
    public SortedSet<ushort> OpenChannels { get; } = [];

    /// <summary>Sends octets as they are.</summary>
    public void Send(ReadOnlySpan<byte> octets)
    {
        try
        {
            socket.Send(octets);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The broker has ended the connection; what it said before comes with the next receive.
        }
    }

    /// <summary>Sends a method, and keeps account of what it means for the channel.</summary>
    public void Send(ushort channel, MethodShape method, ReadOnlySpan<byte> frames)
    {
        switch (method.Name)
        {
            case "channel.open":
                _closed.Remove(channel);
                OpenChannels.Add(channel);
                break;
            case "channel.close":
                OpenChannels.Remove(channel);
                break;
            case "confirm.select":
                _unconfirmed.TryAdd(channel, []);
                break;
            case "basic.publish" when _unconfirmed.TryGetValue(channel, out SortedSet<ulong>? tags):
                tags.Add(_published[channel] = _published.GetValueOrDefault(channel) + 1);
                break;
        }

        Send(frames);
    }

    /// <summary>Receives until something new can be taken. False when nothing came in time.</summary>
    public bool Receive(int timeoutMs)
    {
        while (!_isEnded)
        {
            // No frame begins as the protocol header does, which a broker sends to refuse another one, and then ends.
            if (!socket.Unread.StartsWith("A"u8) && socket.TryTake(out FrameView frame))
            {
                if (Handle(frame))
                {
                    return true;
                }

                continue;
            }

            switch (socket.Receive(timeoutMs))
            {
                case ReceiveStatus.TimedOut:
                    return false;
                case ReceiveStatus.Closed:
                    EndWith(socket.Unread.IsEmpty ? Reception.End : $"{Reception.End} after {FieldText.Quote(socket.Unread)}");
                    return true;
            }
        }

        return false;
    }

    /// <summary>Takes the first that fits out of what has come; null when there is none.</summary>
    public Reception? Take(Predicate<Reception> fits)
    {
        int at = _waiting.FindIndex(fits);
        if (at < 0)
        {
            return null;
        }

        Reception taken = _waiting[at];
        _waiting.RemoveAt(at);
        return taken;
    }

    /// <summary>Drops the socket with a reset.</summary>
    public void Drop() => EndSilently(socket.Reset);

    /// <inheritdoc/>
    public void Dispose() => EndSilently(socket.Dispose);

    private void EndSilently(Action end)
    {
        _isEnded = true;
        OpenChannels.Clear();
        end();
    }

    private void EndWith(string text)
    {
        _isEnded = true;
        OpenChannels.Clear();
        _waiting.Add(new Reception(0, Reception.End, text));
    }

    /// <summary>True when something can be taken now: a content may not be whole yet.</summary>
    private bool Handle(FrameView frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Method:
                return HandleMethod(frame);
            case FrameKind.Header:
                ArrivingContent arriving = _contents[frame.Channel];
                arriving.TakeHeader(frame.Payload, aliases);
                return CompleteContent(frame.Channel, arriving);
            case FrameKind.Body:
                _contents[frame.Channel].TakeBody(frame.Payload);
                return CompleteContent(frame.Channel, _contents[frame.Channel]);
            default:
                return false;
        }
    }

    private bool CompleteContent(ushort channel, ArrivingContent content)
    {
        if (content.IsWhole)
        {
            _contents.Remove(channel);
            _waiting.Add(new Reception(channel, content.Method, content.Text));
        }

        return content.IsWhole;
    }

    private bool HandleMethod(FrameView frame)
    {
        uint id = (uint)frame.Method;
        if (MethodShapes.Find(id) is not { } method)
        {
            EndWith($"a method of the unknown number {id >> 16}.{(ushort)id}");
            return true;
        }

        FieldReader arguments = frame.Arguments;
        string text = MethodText.Read(method, ref arguments, aliases);
        if (method.HasContent)
        {
            _contents[frame.Channel] = new ArrivingContent(method.Name, text);
            return false;
        }

        if (method.Name is "basic.ack" or "basic.nack")
        {
            FieldReader confirm = frame.Arguments;
            return TakeConfirm(frame.Channel, method.Name, confirm.U64(), (confirm.U8() & 1) != 0);
        }

        _waiting.Add(new Reception(frame.Channel, method.Name, text));
        AnswerClose(frame.Channel, method.Name);
        return true;
    }

    /// <summary>One for several messages is the same as one for each: which of both comes depends on the moment.</summary>
    private bool TakeConfirm(ushort channel, string method, ulong tag, bool isMultiple)
    {
        SortedSet<ulong> unconfirmed = _unconfirmed.GetValueOrDefault(channel) ?? [];
        List<ulong> tags = isMultiple ? [.. unconfirmed.TakeWhile(one => tag == 0 || one <= tag)] : [tag];
        foreach (ulong one in tags)
        {
            bool isKnown = unconfirmed.Remove(one);
            _waiting.Add(new Reception(channel, method, string.Create(CultureInfo.InvariantCulture, $"{method} delivery-tag={one}{(isKnown ? "" : " (unexpected)")}"), one));
        }

        return tags.Count > 0;
    }

    private void AnswerClose(ushort channel, string method)
    {
        var answer = new FrameWriter();
        if (method == "channel.close")
        {
            _closed.Add(channel);
            OpenChannels.Remove(channel);
            Send(answer.Method(channel, WireMethod.ChannelCloseOk).End().Written);
        }
        else if (method == "connection.close-ok")
        {
            _isEnded = true; // It was asked for; who ends the socket then is no part of the conversation.
            OpenChannels.Clear();
        }
        else if (method == "connection.close")
        {
            OpenChannels.Clear();
            Send(answer.Method(0, WireMethod.ConnectionCloseOk).End().Written);
        }
    }

    /// <summary>A method with content whose frames have not all come.</summary>
    private sealed class ArrivingContent(string method, string text)
    {
        private readonly List<byte> _body = [];
        private string _properties = "";
        private ulong _bodyBytes = ulong.MaxValue;

        public string Method { get; } = method;

        public bool IsWhole => (ulong)_body.Count == _bodyBytes;

        public string Text => $"{text}{_properties} body={Body()}";

        public void TakeHeader(ReadOnlySpan<byte> payload, Aliases aliases)
        {
            FieldReader header = new(payload[4..]);
            _bodyBytes = header.U64();
            _properties = MethodText.ReadProperties(ref header, aliases);
        }

        public void TakeBody(ReadOnlySpan<byte> part) => _body.AddRange(part);

        private string Body() => _body.Count <= 200
            ? FieldText.Quote([.. _body])
            : string.Create(CultureInfo.InvariantCulture, $"{_body.Count} octets, {Castagnoli.Compute([.. _body]):x8}");
    }
}
