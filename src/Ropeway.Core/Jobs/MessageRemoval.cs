using Ropeway.Core.Queues;
using Ropeway.Core.Queues.Browsing;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Jobs;

/// <summary>Deletes one waiting message of a queue, wherever it stands. Any thread.</summary>
/// <param name="queue">The queue.</param>
public sealed class MessageRemoval(SharedQueue queue)
{
    /// <summary>Deletes it.</summary>
    /// <param name="sequence">Its number.</param>
    /// <param name="aborted">Gives up waiting for the disk.</param>
    /// <returns>What became of it, and the commit index to wait for.</returns>
    public async Task<(RemovalStatus Status, ulong Index)> DeleteAsync(long sequence, CancellationToken aborted)
    {
        using var reader = new BrowseReader(queue.Log, withBodies: false);
        while (true)
        {
            if (TryDelete(reader, sequence, out ulong index) is { } status)
            {
                return (status, index);
            }

            await reader.Loaded.WaitAsync(aborted).ConfigureAwait(false);
        }
    }

    private RemovalStatus? TryDelete(BrowseReader reader, long sequence, out ulong index)
    {
        index = 0;
        lock (queue.Log.Gate)
        {
            ReadStatus status = reader.Read(sequence, out RecordView record); // Its size may count for a limit.
            int bodyBytes = status == ReadStatus.Found && QueuedMessage.TryReadContent(record, out StoredMessage content) ? content.BodyBytes : 0;
            reader.Unpin();
            if (status != ReadStatus.Found)
            {
                return status == ReadStatus.Cold ? null : RemovalStatus.Missing;
            }

            if (!queue.Withdrawals.TryTake(sequence, bodyBytes))
            {
                return RemovalStatus.Held;
            }

            OffsetRange[] range = [new OffsetRange(sequence, sequence + 1)];
            index = queue.Withdrawals.Settle(range, unit: null);
            queue.Withdrawals.Forget(range);
            return RemovalStatus.Done;
        }
    }
}
