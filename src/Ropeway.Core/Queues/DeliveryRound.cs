using Ropeway.Core.Queues.Groups;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// One round of deliveries of a queue: offers its ready messages to its consumers until there are no more of the one or the other. Lives
/// under the queue's gate; takes the gates of the consumers' connections, one at a time.
/// </summary>
/// <param name="queue">The queue.</param>
/// <param name="ready">Its ready messages.</param>
/// <param name="consumers">Its consumers.</param>
/// <param name="dispatch">The calling thread's batch; it remembers what is settled by its delivery.</param>
internal ref struct DeliveryRound(SharedQueue queue, ReadySet ready, ConsumerRing consumers, DispatchBatch dispatch)
{
    private DeliveryTarget? _entered;

    /// <summary>Messages that were delivered and not settled.</summary>
    public long HeldCount { get; private set; }

    /// <summary>Messages that were settled by their delivery.</summary>
    public long SettledCount { get; private set; }

    /// <summary>Messages among both that were flagged as redelivered.</summary>
    public long RedeliveredCount { get; private set; }

    /// <summary>Delivers what can be delivered. <see cref="End"/> follows, whatever happens.</summary>
    /// <param name="postponed">What waits until it is ready again; null for nothing.</param>
    public void Run(Postponed? postponed)
    {
        if (ready.Groups is { } groups)
        {
            RunInGroups(groups, postponed);
            return;
        }

        while (consumers.TryPeek(out Consumer? consumer) && ready.Peek(out RecordView record, out bool redelivered) == ReadStatus.Found)
        {
            QueuedMessage message = queue.Read(record, redelivered);
            if (queue.HasExpired(message))
            {
                break;
            }

            if (Offer(consumer, message) == DeliveryOutcome.Delivered)
            {
                consumers.Advance();
            }
        }
    }

    /// <summary>Leaves the gate that was entered last.</summary>
    public readonly void End() => _entered?.Gate.Exit();

    /// <summary>A message may have to go to the consumer that holds its group, whoever has the turn, and others pass by it.</summary>
    private void RunInGroups(MessageGroups groups, Postponed? postponed)
    {
        var search = new GroupSearch(queue, ready, groups, postponed);
        while (consumers.TryPeek(out Consumer? turn) && search.Find(turn, out QueuedMessage message) is { } taker)
        {
            DeliveryOutcome outcome = Offer(taker, message);
            if (outcome != DeliveryOutcome.Refused)
            {
                groups.Take(message.Offset, taker, isHeld: !taker.SettlesOnDelivery);
            }

            if (outcome == DeliveryOutcome.Delivered && ReferenceEquals(taker, turn))
            {
                consumers.Advance();
            }
        }

        groups.EndRound();
    }

    /// <summary>Hands a message to a consumer, and takes it out of the ready ones unless it was refused.</summary>
    private DeliveryOutcome Offer(Consumer consumer, scoped in QueuedMessage message)
    {
        if (!ReferenceEquals(_entered, consumer.Target))
        {
            _entered?.Gate.Exit();
            _entered = consumer.Target;
            _entered.Gate.Enter();
            dispatch.Touch(_entered);
        }

        DeliveryOutcome outcome = _entered.Deliver(consumer, message);
        if (outcome != DeliveryOutcome.Refused)
        {
            ready.Take(message.Offset);
            queue.Bytes?.Take(message.Offset, message.Content.BodyBytes, mayReturn: !consumer.SettlesOnDelivery);
            if (!consumer.SettlesOnDelivery)
            {
                HeldCount++;
            }
            else
            {
                SettledCount++;
                dispatch.AddSettled(message.Offset);
            }

            RedeliveredCount += message.IsRedelivered ? 1 : 0;
            if (queue.Traced is not null)
            {
                queue.Services.Tracing.NoteDelivered(queue, message.Offset, consumer.Holder, consumer.SettlesOnDelivery);
            }
        }

        if (outcome != DeliveryOutcome.Delivered)
        {
            consumers.Suspend(consumer);
        }

        return outcome;
    }
}
