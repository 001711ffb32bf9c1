using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>Copies the messages of a publish batch that go to one log into it: the one copy in. Under the log's gate.</summary>
internal static class BatchAppend
{
    private const int AppendBytesMax = 128 * 1024;

    /// <summary>Appends the chain of messages that starts at <paramref name="target"/>.</summary>
    /// <returns>The commit index they are durable at; 0 when none has to be.</returns>
    public static ulong AppendAll(StoredLog log, PublishBatch batch, int target, ReadOnlySpan<byte> source)
    {
        ulong index = 0;
        while (target >= 0)
        {
            index = Math.Max(index, AppendRun(log, batch, ref target, source));
        }

        return index;
    }

    /// <summary>Refuses the chain of messages that starts at <paramref name="target"/>.</summary>
    public static void RejectAll(PublishBatch batch, int target)
    {
        for (; target >= 0; target = batch.NextTarget(target))
        {
            batch.ItemOf(target).IsRejected = true;
        }
    }

    /// <summary>Appends the messages from <paramref name="target"/> on that fit one batch of the store and are alike in durability.</summary>
    private static ulong AppendRun(StoredLog log, PublishBatch batch, ref int target, ReadOnlySpan<byte> source)
    {
        ref PublishItem first = ref batch.ItemOf(target);
        bool persistent = IsPersistent(log, first);
        if (first.BodyId != 0)
        {
            AppendSpace external = log.BeginAppendExternal(first.StoredBytes, persistent, tag: 0, first.BodyId);
            first.WriteTo(external.Add(first.StoredBytes), source);
            target = batch.NextTarget(target);
            return external.Complete();
        }

        int count = 0;
        int bytes = 0;
        int end = target;
        while (end >= 0)
        {
            ref PublishItem item = ref batch.ItemOf(end);
            bool alike = item.BodyId == 0 && IsPersistent(log, item) == persistent;
            if (!alike || (count > 0 && bytes + item.StoredBytes > AppendBytesMax))
            {
                break;
            }

            count++;
            bytes += item.StoredBytes;
            end = batch.NextTarget(end);
        }

        AppendSpace space = log.BeginAppend(count, bytes, persistent, tag: 0);
        for (; target != end; target = batch.NextTarget(target))
        {
            ref PublishItem item = ref batch.ItemOf(target);
            item.WriteTo(space.Add(item.StoredBytes), source);
        }

        return space.Complete();
    }

    private static bool IsPersistent(StoredLog log, in PublishItem item) => log.IsDurable && (item.Head.Flags & MessageFlags.Persistent) != 0;
}
