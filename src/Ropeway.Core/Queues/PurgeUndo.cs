using Ropeway.Core.Jobs;

namespace Ropeway.Core.Queues;

/// <summary>Purges a queue so that it can be taken back for a time. Any thread, without gates.</summary>
public sealed class PurgeUndo : IJobUndo
{
    /// <summary>How long a purge can be taken back.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromMinutes(10);

    private readonly SharedQueue _queue;
    private readonly long _id;

    private PurgeUndo(SharedQueue queue, long id)
    {
        _queue = queue;
        _id = id;
    }

    /// <summary>Puts all messages aside that are ready or will be by themselves.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="count">How many.</param>
    /// <param name="index">The commit index to wait for; 0 when there is none.</param>
    /// <returns>What takes it back; null when the queue is gone.</returns>
    public static PurgeUndo? Purge(SharedQueue queue, out long count, out ulong index)
    {
        lock (queue.Log.Gate)
        {
            count = 0;
            index = 0;
            long untilMs = queue.Services.Deadlines.NowMs + (long)Time.TotalMilliseconds;
            return queue.IsClosed ? null : new PurgeUndo(queue, queue.Withdrawals.PutAside(untilMs, out count, out index));
        }
    }

    /// <summary>Makes the messages ready again, at their old places; nothing is delivered meanwhile, so that consumers get them in order.</summary>
    /// <param name="index">The commit index to wait for; 0 when there is none.</param>
    public UndoStatus Run(out ulong index)
    {
        index = 0;
        lock (_queue.Log.Gate)
        {
            if (_queue.IsClosed || _queue.Purged?.CountOf(_id) is not { } count)
            {
                return UndoStatus.TooLate;
            }

            // Their sizes are not known: they may be too large for any limit.
            EffectiveArguments arguments = _queue.Effective;
            bool mayDrop = arguments.MaxLengthBytes is not null || _queue.ReadyCount + _queue.PostponedCount + count > (arguments.MaxLength ?? long.MaxValue);
            if (mayDrop && count > 0 && arguments.Overflow == Overflow.DropHead)
            {
                return UndoStatus.TooLong;
            }

            _queue.HoldDeliveries(1);
        }

        try
        {
            bool goesOn = true;
            while (goesOn)
            {
                lock (_queue.Log.Gate)
                {
                    goesOn = _queue.Purged!.UndoPortion(_id, ref index);
                }
            }
        }
        finally
        {
            lock (_queue.Log.Gate)
            {
                _queue.HoldDeliveries(-1);
                _queue.LookSoon();
            }
        }

        return UndoStatus.Done;
    }
}
