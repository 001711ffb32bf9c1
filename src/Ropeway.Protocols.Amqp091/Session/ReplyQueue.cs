using System.Buffers;
using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Transport;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// Replies and confirms of one connection, in order, each held back until what it promises is durable. Guarded by the
/// connection's gate; allocates nothing for confirms once it has grown.
/// </summary>
/// <remarks>
/// One line for all channels: commit indices mostly rise along it, so that waiting for the first costs the others little.
/// Confirms of one kind that leave together become one basic.ack or basic.nack with the multiple bit.
/// </remarks>
internal sealed class ReplyQueue(Outbox outbox, AmqpSession? session = null)
{
    private const int FirstEntryCount = 4; // A power of two, as every length of the ring.

    private Entry[] _ring = [];
    private int _head;
    private int _count;
    private int _replyCount;

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>Whether a reply (not just confirms) waits: what must not overtake replies waits, too.</summary>
    public bool HasReplies => _replyCount > 0;

    /// <summary>What the first waits for; only when not empty.</summary>
    public ulong FirstIndex => _ring[_head].Index;

    /// <summary>Adds a confirm of all publishes of a channel up to a tag.</summary>
    /// <param name="channel">Number of the channel.</param>
    /// <param name="tag">Greater than all before on this channel.</param>
    /// <param name="index">Commit index to wait for, 0 for none.</param>
    /// <param name="isPositive">False: the message was refused (basic.nack).</param>
    public void AddConfirm(ushort channel, ulong tag, ulong index, bool isPositive)
    {
        EntryKind kind = isPositive ? EntryKind.Ack : EntryKind.Nack;
        if (_count > 0)
        {
            ref Entry last = ref _ring[(_head + _count - 1) & (_ring.Length - 1)];
            if (last.Kind == kind && last.Channel == channel && last.Index == index)
            {
                last.Tag = tag;
                last.Count++;
                return;
            }
        }

        Add() = new Entry { Index = index, Channel = channel, Tag = tag, Count = 1, Kind = kind };
    }

    /// <summary>Adds a method that answers a request.</summary>
    /// <param name="channel">Number of the channel.</param>
    /// <param name="method">Encoded now, unless it can leave at once.</param>
    /// <param name="index">Commit index to wait for, 0 for none.</param>
    /// <param name="starts">A consumer that may be offered messages when the reply has left.</param>
    public void AddReply<T>(ushort channel, scoped T method, ulong index, AmqpConsumer? starts = null)
        where T : struct, IMethod<T>, allows ref struct
    {
        int bytes = method.GetFrameBytes();
        if (_count == 0 && index == 0 && starts is null)
        {
            method.Write(outbox.GetSpan(bytes), channel);
            outbox.Advance(bytes);
            return;
        }

        byte[] frame = ArrayPool<byte>.Shared.Rent(bytes);
        method.Write(frame, channel);
        AddFrame(channel, frame, bytes, index, starts);
    }

    /// <summary>Adds a method without arguments that answers a request.</summary>
    public void AddBareReply(ushort channel, MethodId method, ulong index)
    {
        byte[] frame = ArrayPool<byte>.Shared.Rent(MethodFrame.BareBytes);
        int bytes = MethodFrame.WriteBare(frame, channel, method);
        AddFrame(channel, frame, bytes, index, starts: null);
    }

    /// <summary>Writes what may leave now to the outbox.</summary>
    /// <param name="committedIndex">Everything up to it is durable.</param>
    /// <param name="started">Takes the consumers to be woken by the caller after leaving the gate.</param>
    public void Release(ulong committedIndex, List<AmqpConsumer> started)
    {
        while (_count > 0 && _ring[_head].Index <= committedIndex)
        {
            Entry entry = TakeFirst();
            switch (entry.Kind)
            {
                case EntryKind.Reply:
                    _replyCount--;
                    entry.Frame.AsSpan(0, entry.FrameBytes).CopyTo(outbox.GetSpan(entry.FrameBytes));
                    outbox.Advance(entry.FrameBytes);
                    ArrayPool<byte>.Shared.Return(entry.Frame!);
                    if (entry.Starts is not null)
                    {
                        started.Add(entry.Starts);
                    }

                    break;
                default:
                    WriteConfirm(entry, committedIndex);
                    break;
            }
        }
    }

    /// <summary>Writes a confirm together with those behind it that say the same: everything before it on its channel has been answered.</summary>
    private void WriteConfirm(Entry entry, ulong committedIndex)
    {
        while (_count > 0 && _ring[_head].Kind == entry.Kind && _ring[_head].Channel == entry.Channel && _ring[_head].Index <= committedIndex)
        {
            Entry next = TakeFirst();
            entry.Tag = next.Tag;
            entry.Count += next.Count;
        }

        session?.CountAnswers(entry.Channel, entry.Count, isConfirm: entry.Kind == EntryKind.Ack);
        if (entry.Kind == EntryKind.Ack)
        {
            Write(entry.Channel, new BasicAck { DeliveryTag = entry.Tag, Multiple = entry.Count > 1 });
        }
        else
        {
            Write(entry.Channel, new BasicNack { DeliveryTag = entry.Tag, Multiple = entry.Count > 1 });
        }
    }

    private void Write<T>(ushort channel, scoped T method)
        where T : struct, IMethod<T>, allows ref struct
    {
        int bytes = method.GetFrameBytes();
        method.Write(outbox.GetSpan(bytes), channel);
        outbox.Advance(bytes);
    }

    private void AddFrame(ushort channel, byte[] frame, int bytes, ulong index, AmqpConsumer? starts)
    {
        _replyCount++;
        Add() = new Entry { Kind = EntryKind.Reply, Channel = channel, Index = index, Frame = frame, FrameBytes = bytes, Starts = starts };
    }

    private ref Entry Add()
    {
        if (_count == _ring.Length)
        {
            var larger = new Entry[Math.Max(FirstEntryCount, _ring.Length * 2)];
            for (int i = 0; i < _count; i++)
            {
                larger[i] = _ring[(_head + i) & (_ring.Length - 1)];
            }

            _ring = larger;
            _head = 0;
        }

        return ref _ring[(_head + _count++) & (_ring.Length - 1)];
    }

    private Entry TakeFirst()
    {
        Entry first = _ring[_head];
        _ring[_head] = default;
        _head = (_head + 1) & (_ring.Length - 1);
        _count--;
        return first;
    }

    private enum EntryKind : byte
    {
        Ack,
        Nack,
        Reply,
    }

    private struct Entry
    {
        public ulong Index;
        public ulong Tag;
        public byte[]? Frame;
        public AmqpConsumer? Starts;
        public int FrameBytes;
        public int Count;
        public ushort Channel;
        public EntryKind Kind;
    }
}
