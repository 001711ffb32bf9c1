using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// Takes ready messages out of a queue, wherever they stand, without delivering them: to delete them, or to give them to another queue.
/// All under the queue's gate.
/// </summary>
/// <remarks>What was taken counts as unacknowledged until it is settled or given back. A crash gives it back, unless it was settled.</remarks>
/// <param name="queue">The queue.</param>
internal sealed class Withdrawals(SharedQueue queue)
{
    /// <summary>What was purged and can come back; null for nothing.</summary>
    public PurgedMessages? Purged { get; private set; }

    /// <summary>Takes one message.</summary>
    /// <param name="offset">The message.</param>
    /// <param name="bodyBytes">Its size.</param>
    /// <returns>False when it is not ready.</returns>
    public bool TryTake(long offset, int bodyBytes)
    {
        if (!queue.Ready.Contains(offset))
        {
            return false;
        }

        queue.Ready.Withdraw(offset);
        queue.Ready.Groups?.Forget(offset);
        queue.Bytes?.Take(offset, bodyBytes, mayReturn: true);
        queue.CountHeld(1);
        return true;
    }

    /// <summary>Messages that were taken are ready again. The queue looks at them soon.</summary>
    public void GiveBack(ReadOnlySpan<OffsetRange> ranges)
    {
        foreach (OffsetRange range in ranges)
        {
            queue.Ready.GiveBack(range);
            queue.Bytes?.Return(range);
            queue.CountHeld(-range.Count);
        }

        queue.LookSoon();
    }

    /// <summary>Messages that were taken are settled. <see cref="Forget"/> follows when they are.</summary>
    /// <param name="ranges">The messages.</param>
    /// <param name="unit">The unit that it belongs to; the messages are settled from its end on. Or null.</param>
    /// <returns>The index to wait for; 0 when there is none.</returns>
    public ulong Settle(ReadOnlySpan<OffsetRange> ranges, AtomicUnit? unit)
    {
        queue.Bytes?.Forget(ranges);
        foreach (OffsetRange range in ranges)
        {
            queue.CountHeld(-range.Count);
        }

        return queue.Log.Settle(ranges, unit);
    }

    /// <summary>Messages that were taken are settled for good; until then they must not be ready again.</summary>
    public void Forget(ReadOnlySpan<OffsetRange> ranges)
    {
        foreach (OffsetRange range in ranges)
        {
            queue.Ready.Forget(range);
        }

        queue.LookSoon();
    }

    /// <summary>Takes and settles all messages that are ready or will be by themselves.</summary>
    /// <param name="index">The commit index to wait for; 0 when there is none.</param>
    /// <returns>How many.</returns>
    public long Purge(out ulong index)
    {
        long count = queue.ReadyCount + queue.PostponedCount;
        OffsetRange[] ranges = TakeAll();
        index = count == 0 ? 0 : queue.Log.Settle(ranges);
        return count;
    }

    /// <summary>As <see cref="Purge"/>, but they can come back for a time.</summary>
    /// <param name="untilMs">Until when, in milliseconds since the Unix epoch.</param>
    /// <param name="count">How many.</param>
    /// <param name="index">The commit index to wait for; 0 when there is none.</param>
    /// <returns>Names them, see <see cref="PurgedMessages"/>.</returns>
    public long PutAside(long untilMs, out long count, out ulong index)
    {
        count = queue.ReadyCount + queue.PostponedCount;
        Purged ??= new PurgedMessages(queue, queue.Services.Deadlines);
        return Purged.Add(TakeAll(), untilMs, out index);
    }

    /// <summary>Takes all messages out that are ready or will be by themselves.</summary>
    private OffsetRange[] TakeAll()
    {
        OffsetRange[] postponed = queue.Postponed?.Ranges() ?? [];
        OffsetRange[] ranges = [.. queue.Ready.TakeAll(), .. postponed];
        queue.Postponed?.Clear();
        queue.Ready.Groups?.Purge(postponed);
        queue.Bytes?.Clear();
        return ranges;
    }
}
