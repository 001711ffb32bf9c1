using Ropeway.Buffers;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// What a channel in transactional mode (tx.select) has published and acknowledged since its last commit: nobody sees it before
/// the next one. Used on the connection's owner; the answers are taken and given back under the connection's gate.
/// </summary>
/// <remarks>
/// Messages are routed when they are published, as in RabbitMQ; queues that are gone at the commit are left out. They come to their queues
/// with the commit, so their time to live begins then. All of one commit is one unit of the store. Small messages share blocks; what all transactions of a connection hold is bounded.
/// </remarks>
internal sealed class Transaction(AmqpChannel channel)
{
    /// <summary>What the open transactions of one connection may hold, in bytes.</summary>
    public const long BytesMax = 128 << 20;

    /// <summary>Messages given to the queues at once, so that no gate is held for long.</summary>
    private const int SliceCount = 256;

    /// <summary>The same in bytes: what goes to several queues is stored once only if all of a slice fits near it.</summary>
    private const int SliceBytes = 256 * 1024;

    /// <summary>Blocks from this size on are kept as they are; smaller messages are copied together.</summary>
    private const int OwnBlockBytesMin = 32 * 1024;

    private const int BytesPerEntry = 128;

    private static readonly NativeBlockPool Pool = new(64 * 1024, keptCountMax: 16);

    private readonly List<StagedMessage> _messages = [];
    private readonly List<StagedAnswer> _answers = [];
    private readonly List<NativeBlock> _blocks = [];
    private readonly List<ulong> _bodies = [];
    private readonly PublishBatch _publishing = new();
    private readonly PublishTally _tally = new();
    private readonly ResolveBatch _resolving = new();
    private NativeBlock? _shared;
    private int _sharedBytes;
    private long _bytes;

    /// <summary>Messages that wait for the commit. Others than the owner may read a number that is a moment old.</summary>
    public int MessageCount => _messages.Count;

    /// <summary>Answers to deliveries that wait for the commit, in runs. Others than the owner may read a number that is a moment old.</summary>
    public int AnswerCount => _answers.Count;

    private AmqpSession Session => channel.Session;

    /// <summary>Takes over a body file, which is claimed until the transaction ends.</summary>
    public void Hold(ulong bodyId) => _bodies.Add(bodyId);

    /// <summary>Adds a message.</summary>
    /// <param name="message">With its <see cref="StagedMessage.Item"/> as it was received.</param>
    /// <param name="source">The received piece, for a message without a block.</param>
    /// <exception cref="ProtocolException">406: more than a transaction may hold.</exception>
    public void Add(in StagedMessage message, ReadOnlySpan<byte> source)
    {
        PublishItem item = message.Item;
        bool needsBody = item.BodyId == 0 || message.IsMandatory; // A mandatory one may have to go back.
        if (needsBody && item.Block is { Bytes: >= OwnBlockBytesMin } block)
        {
            block.AddReference();
            Own(block);
        }
        else
        {
            CopyIn(ref item, item.Block is null ? source : item.Block.Span, needsBody);
        }

        message.Route.Hold(); // For good: a slot of the cache gets a new route when it is wanted for other names.
        _messages.Add(message with { Item = item });
        int ownTargets = (ReferenceEquals(message.Queues, message.Route.Queues) ? 0 : message.Queues.Length) + message.Histories.Length;
        Count(BytesPerEntry + ((long)ownTargets * IntPtr.Size));
        RequireRoom();
    }

    /// <summary>Adds deliveries that the client has answered; they are its own no more. Under the gate.</summary>
    public void Add(in UnackedRun run, Resolution resolution)
    {
        _answers.Add(new StagedAnswer(run, resolution));
        Count(BytesPerEntry);
    }

    /// <summary>Refuses when the transactions of the connection hold too much. No gate held.</summary>
    public void RequireRoom()
    {
        if (Session.TransactionBytes > BytesMax)
        {
            throw new ProtocolException(ErrorTexts.TransactionTooLarge(BytesMax));
        }
    }

    /// <summary>Does it all and starts anew. No gate held; not while the store has no room.</summary>
    /// <param name="dispatch">The calling thread's batch.</param>
    /// <param name="isWhole">False when a queue refused a message.</param>
    /// <returns>The commit index that all of it is durable at; 0 when nothing had to be written.</returns>
    public ulong Commit(DispatchBatch dispatch, out bool isWhole)
    {
        isWhole = true;
        if (_messages.Count == 0 && _answers.Count == 0)
        {
            return 0;
        }

        ulong index;
        using (QueueUnit unit = Session.Broker.Durability.BeginUnit())
        {
            isWhole = Publish(unit, dispatch);
            Answer(unit, dispatch);
            index = unit.Complete();
            Session.Broker.Tracing.EndUnit(unit, index, Session.Broker.Durability);
        }

        Session.ResolveNow(dispatch); // Who has credit again, and what goes to dead-letter exchanges.
        Clear();
        return index;
    }

    /// <summary>Forgets what was published and gives the answered deliveries back to the channel. No gate held.</summary>
    public void Rollback()
    {
        lock (Session.Outbox.Gate)
        {
            channel.Unacked.Restore(_answers);
            foreach (StagedAnswer answer in _answers)
            {
                answer.Run.Consumer?.RenewTimeout(channel.LastDeliveryTag);
            }
        }

        Clear();
    }

    /// <returns>False when a queue refused a message.</returns>
    private bool Publish(QueueUnit unit, DispatchBatch dispatch)
    {
        bool isWhole = true;
        long bytes = 0;
        long nowMs = Session.Broker.Deadlines.NowMs;
        foreach (StagedMessage message in _messages)
        {
            int index = _publishing.Add();
            PublishItem item = message.Item;
            item.Head = item.Head.TakenAt(nowMs);
            _publishing[index] = item;
            bool isTaken = RouteTo(message.Queues, index);
            foreach (RecentHistory history in message.Histories)
            {
                _publishing.Keep(index, history);
            }

            Session.Host.Delay(_publishing, index, message.Delayers, message.HeldUntilMs);

            _tally.Add(channel, message.Route.Exchange!, isTaken ? message.Queues.Length : 0);
            isTaken |= Session.Unqueued.TryReply(message.Route, item, []);
            if (!isTaken && message.IsMandatory)
            {
                Session.Unqueued.Return(channel.Number, message.Route, item, []);
            }

            if (!isTaken && (message.IsMandatory || message.Histories.Length + message.Delayers.Length == 0))
            {
                _tally.AddUnroutable(channel, message.IsMandatory);
            }

            bytes += item.StoredBytes;
            if (_publishing.Count == SliceCount || bytes >= SliceBytes)
            {
                isWhole &= PublishSlice(unit, dispatch);
                bytes = 0;
            }
        }

        isWhole &= PublishSlice(unit, dispatch);
        _tally.Flush();
        Session.Unqueued.Flush();
        return isWhole;
    }

    private bool PublishSlice(QueueUnit unit, DispatchBatch dispatch)
    {
        Session.Broker.Tracing.Publish(unit, _publishing, dispatch, Session.Publisher);
        bool isWhole = true;
        for (int i = 0; i < _publishing.Count; i++)
        {
            isWhole &= !_publishing[i].IsRejected;
        }

        _publishing.Clear();
        return isWhole;
    }

    /// <summary>Leaves out queues that have been deleted since.</summary>
    private bool RouteTo(Queue[] queues, int index)
    {
        bool isTaken = false;
        foreach (Queue queue in queues)
        {
            if (Session.Host.TryGetQueue(queue.Name, out Queue? now) && ReferenceEquals(now, queue))
            {
                _publishing.Route(index, queue);
                isTaken = true;
            }
        }

        return isTaken;
    }

    private void Answer(QueueUnit unit, DispatchBatch dispatch)
    {
        lock (Session.Outbox.Gate)
        {
            foreach (StagedAnswer answer in _answers)
            {
                channel.Answer(answer.Run, answer.Resolution, IsDeadLettered(answer) ? Session.Resolving : _resolving);
            }

            channel.WakeSharing();
        }

        unit.Resolve(_resolving, dispatch);
    }

    /// <summary>Dead-lettering takes its own way, which begins when the unit has ended.</summary>
    private static bool IsDeadLettered(in StagedAnswer answer) =>
        answer.Resolution == Resolution.Rejected && answer.Run.Queue.Effective.DeadLetterExchange is not null;

    private void CopyIn(ref PublishItem item, ReadOnlySpan<byte> from, bool needsBody)
    {
        ReadOnlySpan<byte> exchange = from.Slice(item.ExchangeStart, item.ExchangeBytes);
        ReadOnlySpan<byte> routingKey = from.Slice(item.RoutingKeyStart, item.RoutingKeyBytes);
        ReadOnlySpan<byte> properties = from.Slice(item.PropertiesStart, item.PropertiesBytes);
        ReadOnlySpan<byte> body = needsBody ? from.Slice(item.BodyStart, item.BodyBytes) : [];
        NativeBlock block = TakeSpace(exchange.Length + routingKey.Length + properties.Length + body.Length);
        item.Block = block;
        item.ExchangeStart = Append(block, exchange);
        item.RoutingKeyStart = Append(block, routingKey);
        item.PropertiesStart = Append(block, properties);
        item.BodyStart = Append(block, body);
    }

    private NativeBlock TakeSpace(int bytes)
    {
        if (_shared is null || _shared.Bytes - _sharedBytes < bytes)
        {
            _shared = bytes <= Pool.BlockBytes ? Pool.Rent() : NativeBlock.Allocate(bytes);
            _sharedBytes = 0;
            Own(_shared);
        }

        return _shared;
    }

    private int Append(NativeBlock block, ReadOnlySpan<byte> bytes)
    {
        int start = _sharedBytes;
        bytes.CopyTo(block.Span[start..]);
        _sharedBytes += bytes.Length;
        return start;
    }

    private void Own(NativeBlock block)
    {
        _blocks.Add(block);
        Count(block.Bytes);
    }

    private void Count(long bytes)
    {
        _bytes += bytes;
        Session.TransactionBytes += bytes;
    }

    private void Clear()
    {
        foreach (NativeBlock block in _blocks)
        {
            block.Release();
        }

        foreach (ulong body in _bodies)
        {
            Session.Broker.Durability.ReleaseBody(body);
        }

        _blocks.Clear();
        _bodies.Clear();
        _messages.Clear();
        _answers.Clear();
        _shared = null;
        Count(-_bytes);
    }
}
