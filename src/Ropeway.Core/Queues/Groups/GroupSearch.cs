using Ropeway.Storage;

namespace Ropeway.Core.Queues.Groups;

/// <summary>
/// One search for messages that somebody may have, in a queue whose messages have groups: parks those that nobody can take now, and lets
/// go those that have expired. Lives under the queue's gate; <see cref="MessageGroups.EndRound"/> follows.
/// </summary>
/// <param name="queue">The queue; it goes on with the search on a pool thread when more is to be passed than in one go.</param>
/// <param name="ready">Its ready messages.</param>
/// <param name="groups">The rules.</param>
/// <param name="postponed">What waits until it is ready again; null for nothing.</param>
internal ref struct GroupSearch(SharedQueue queue, ReadySet ready, MessageGroups groups, Postponed? postponed)
{
    private int _passedCount;

    /// <summary>Finds the next message that a consumer can take.</summary>
    /// <param name="turn">Who gets it if it may go to anybody.</param>
    /// <param name="message">The message.</param>
    /// <returns>Who gets it; null when there is none now.</returns>
    public Consumer? Find(Consumer turn, out QueuedMessage message)
    {
        message = default;
        while (groups.TryLearn(postponed) && ready.Peek(out RecordView record, out bool redelivered) == ReadStatus.Found)
        {
            message = queue.Read(record, redelivered);
            bool hasExpired = queue.HasExpired(message);
            if (!hasExpired && groups.ChooseTaker(message, turn) is { } taker)
            {
                return taker;
            }

            if (!TryPass(record.Offset, message.Content.BodyBytes, hasExpired))
            {
                break;
            }
        }

        return null;
    }

    /// <summary>Finds the next message that is free to be fetched by somebody who is no consumer.</summary>
    /// <returns>Found also when the queue's first message has expired; Cold when the search goes on later, Gone when there is none.</returns>
    public ReadStatus FindFree(out RecordView record, out bool redelivered)
    {
        record = default;
        redelivered = false;
        while (groups.TryLearn(postponed))
        {
            ReadStatus status = ready.Peek(out record, out redelivered);
            if (status != ReadStatus.Found)
            {
                return status;
            }

            QueuedMessage message = queue.Read(record, redelivered);
            bool hasExpired = queue.HasExpired(message);
            if (hasExpired ? record.Offset == ready.First : groups.MayBeFetched(message))
            {
                return status;
            }

            if (!TryPass(record.Offset, message.Content.BodyBytes, hasExpired))
            {
                return _passedCount == MessageGroups.SliceMax ? ReadStatus.Cold : ReadStatus.Gone;
            }

            if (hasExpired)
            {
                queue.EnsureDepartures().Look();
            }
        }

        return ReadStatus.Cold;
    }

    /// <returns>False when the queue's first has expired, when too many are parked, or when this goes on later.</returns>
    private bool TryPass(long offset, int bodyBytes, bool hasExpired)
    {
        if (hasExpired && offset != ready.First)
        {
            queue.EnsureDepartures().Expire(offset, bodyBytes);
        }
        else if (hasExpired || !groups.TryPark(offset))
        {
            return false;
        }

        if (++_passedCount < MessageGroups.SliceMax)
        {
            return true;
        }

        queue.RunSoon();
        return false;
    }
}
