using Ropeway.Core.Queues;
using Ropeway.Messages;

namespace Ropeway.Core.Routing;

/// <summary>
/// The last messages that came to an x-recent-history exchange, for queues that are bound to it later. Any thread may call it.
/// Lies in the memory of the process: nothing of it survives a restart, as in RabbitMQ.
/// </summary>
/// <param name="lengthMax">Messages kept, at least 1.</param>
public sealed class RecentHistory(long lengthMax)
{
    /// <summary>Memory for the messages of one exchange, in bytes; the oldest go first.</summary>
    public const int BytesMax = 16 << 20;

    /// <summary>Longest message that is kept, in stored bytes.</summary>
    public const int MessageBytesMax = 1_000_000;

    private readonly Lock _gate = new();
    private readonly Queue<Kept> _kept = new();
    private long _heldBytes;

    /// <summary>Keeps a copy of a message that is being published, and forgets the oldest beyond the limits. Without any gate.</summary>
    internal void Keep(in PublishItem item, ReadOnlySpan<byte> source)
    {
        int bytes = item.StoredBytes;
        if (item.BodyId != 0 || bytes > MessageBytesMax)
        {
            return;
        }

        lock (_gate)
        {
            byte[] memory = [];
            while (_kept.Count >= lengthMax || (_kept.Count > 0 && _heldBytes + bytes > BytesMax))
            {
                memory = _kept.Dequeue().Memory;
                _heldBytes -= memory.Length;
            }

            if (memory.Length < bytes || memory.Length / 4 > bytes)
            {
                memory = new byte[bytes];
            }

            item.WriteTo(memory.AsSpan(0, bytes), source, MessageHead.NoTtl);
            _kept.Enqueue(new Kept(memory, bytes));
            _heldBytes += memory.Length;
        }
    }

    /// <summary>Publishes the messages to a queue, the oldest first. Without the queue's gate.</summary>
    /// <returns>The commit index they are durable at; 0 when none has to be.</returns>
    internal ulong Replay(Queue queue)
    {
        var batch = new PublishBatch();
        byte[] source = CopyAll(batch);
        foreach (int item in Enumerable.Range(0, batch.Count))
        {
            batch.Route(item, queue);
        }

        DispatchBatch dispatch = DispatchBatch.Begin();
        ulong index = batch.Publish(source, dispatch);
        dispatch.Flush();
        return index;
    }

    private byte[] CopyAll(PublishBatch batch)
    {
        lock (_gate)
        {
            byte[] source = new byte[_kept.Sum(kept => kept.Bytes)];
            int start = 0;
            foreach (Kept kept in _kept)
            {
                kept.Memory.AsSpan(0, kept.Bytes).CopyTo(source.AsSpan(start));
                batch[batch.Add()] = ItemAt(source, start, kept.Bytes);
                start += kept.Bytes;
            }

            return source;
        }
    }

    private static PublishItem ItemAt(byte[] source, int start, int bytes)
    {
        StoredMessage.TryRead(source.AsSpan(start, bytes), out StoredMessage message);
        int exchangeStart = start + StoredMessage.HeadBytes;
        int routingKeyStart = exchangeStart + message.Exchange.Length;
        return new PublishItem
        {
            Head = message.Head,
            ExchangeStart = exchangeStart,
            ExchangeBytes = (byte)message.Exchange.Length,
            RoutingKeyStart = routingKeyStart,
            RoutingKeyBytes = (byte)message.RoutingKey.Length,
            PropertiesStart = routingKeyStart + message.RoutingKey.Length,
            PropertiesBytes = message.Properties.Length,
            BodyStart = start + message.BodyStart,
            BodyBytes = message.BodyBytes,
        };
    }

    private readonly record struct Kept(byte[] Memory, int Bytes);
}
