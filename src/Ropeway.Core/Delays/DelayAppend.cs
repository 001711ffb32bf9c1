using Ropeway.Core.Queues;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Delays;

/// <summary>Copies the messages of a publish batch that are to wait into a delay log. Under the log's gate.</summary>
/// <param name="log">The log.</param>
/// <param name="batch">The batch.</param>
/// <param name="source">The received bytes that items without a block refer to.</param>
/// <param name="unit">What the appends belong to, or null.</param>
internal readonly ref struct DelayAppend(StoredLog log, PublishBatch batch, ReadOnlySpan<byte> source, AtomicUnit? unit)
{
    private const int AppendBytesMax = 128 * 1024;

    private readonly ReadOnlySpan<byte> _source = source;
    private readonly int _appendBytesMax = Math.Min(AppendBytesMax, log.BatchBytesMax);

    /// <summary>Appends as many messages from the front as fit one batch of the store and are alike in durability.</summary>
    /// <param name="items">At least one; what is left of them.</param>
    /// <param name="index">The commit index they are durable at; 0 when none has to be.</param>
    /// <returns>The number of the first; the others follow.</returns>
    public long AddRun(ref ReadOnlySpan<DelayedItem> items, out ulong index)
    {
        ref PublishItem first = ref batch[items[0].Index];
        bool persistent = IsPersistent(first);
        int count = 1;
        int bytes = BytesOf(items[0]);
        AppendSpace space;
        if (first.BodyId != 0)
        {
            space = log.BeginAppendExternal(bytes, persistent, tag: 0, first.BodyId, unit);
        }
        else
        {
            for (; count < items.Length; count++)
            {
                ref PublishItem item = ref batch[items[count].Index];
                int itemBytes = BytesOf(items[count]);
                if (item.BodyId != 0 || IsPersistent(item) != persistent || bytes + itemBytes > _appendBytesMax)
                {
                    break;
                }

                bytes += itemBytes;
            }

            space = log.BeginAppend(count, bytes, persistent, tag: 0, unit);
        }

        foreach (DelayedItem item in items[..count])
        {
            Span<byte> message = DelayRecord.Write(space.Add(BytesOf(item)), item.Exchange.Name, item.DueMs);
            batch[item.Index].WriteTo(message, _source, MessageHead.NoTtl);
        }

        items = items[count..];
        index = space.Complete();
        return space.FirstOffset;
    }

    private int BytesOf(DelayedItem item) => DelayRecord.GetByteCount(item.Exchange.Name) + batch[item.Index].StoredBytes;

    private static bool IsPersistent(in PublishItem item) => (item.Head.Flags & MessageFlags.Persistent) != 0;
}
