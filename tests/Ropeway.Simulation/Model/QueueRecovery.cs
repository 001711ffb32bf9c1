namespace Ropeway.Simulation.Model;

/// <summary>Compares one queue with what a recovery has found in it, and takes that over.</summary>
/// <param name="model">The model.</param>
/// <param name="queue">What was known.</param>
/// <param name="there">What was found.</param>
/// <param name="dead">The queue of dead letters as it was found.</param>
internal sealed class QueueRecovery(BrokerModel model, ModelQueue queue, FoundQueue there, FoundQueue? dead)
{
    private readonly HashSet<long> _dead = [.. dead?.Messages.Select(message => message.Id) ?? []];

    public void Run(bool wasClean)
    {
        CheckFound();
        if (queue.Kind == QueueKind.Stream)
        {
            CheckDense();
        }

        HashSet<long> offsets = [.. there.Messages.Select(message => message.Offset)];
        CheckUnits(offsets);
        foreach (ModelMessage message in queue.Messages.Values.ToList())
        {
            Learn(message, offsets.Contains(message.Offset), wasClean);
        }

        queue.Taken.Restart(wasClean);
        queue.ReadableEnd = there.Messages.Count == 0 ? 0 : there.Messages[^1].Offset + 1;
        if (!wasClean || queue.Kind is QueueKind.Ranked or QueueKind.Grouped) // What was delivered of a queue with priorities or groups lies anywhere below its horizon.
        {
            queue.FlaggedEnd = queue.WasAsked ? there.Horizon : 0;
        }
    }

    private void CheckFound()
    {
        var seen = new HashSet<long>();
        foreach (FoundMessage found in there.Messages)
        {
            model.Check(seen.Add(found.Id), $"message {found.Id} is in '{queue.Name}' twice");
            ModelMessage message = queue.Messages.TryGetValue(found.Offset, out ModelMessage? known) ? known : model.Adopt(queue, found);
            model.CheckIdentity(message, found);
        }
    }

    /// <summary>Between the messages of a stream none is missing that was not part of a transaction.</summary>
    private void CheckDense()
    {
        for (int i = 1; i < there.Messages.Count; i++)
        {
            for (long offset = there.Messages[i - 1].Offset + 1; offset < there.Messages[i].Offset; offset++)
            {
                bool isHalf = !queue.Messages.TryGetValue(offset, out ModelMessage? missing) || missing.Publisher is not null; // Or is gone from an earlier life.
                model.Check(isHalf, $"offset {offset} of '{queue.Name}' is missing");
            }
        }
    }

    /// <summary>Of a unit everything is there, or nothing.</summary>
    private void CheckUnits(HashSet<long> offsets)
    {
        foreach (ModelMessage message in queue.Messages.Values)
        {
            bool isThere = offsets.Contains(message.Offset);
            if (message.Publisher is { } publisher && !IsExcused(message))
            {
                publisher.Tell(model, message, counts: isThere);
            }

            if (message.Settler is { } settler && (isThere || (message.IsConfirmed && message.IsPersistent && !message.MayLeave)))
            {
                settler.Tell(model, message, counts: !isThere);
            }
        }
    }

    /// <summary>Whether it may be absent although its unit counts.</summary>
    private bool IsExcused(ModelMessage message) => message.Offset < there.Start || message.State is MessageState.Settled or MessageState.Purged || message.MayLeave || !message.IsPersistent;

    private void Learn(ModelMessage message, bool isThere, bool wasClean)
    {
        bool isSettled = message.State is MessageState.Settled or MessageState.Purged;
        bool isDead = queue.Kind == QueueKind.Work && _dead.Contains(message.Id);
        if (!isThere)
        {
            bool mayHaveLeft = queue.Kind switch
            {
                QueueKind.Work => isDead || (message.MayLeave && model.Dead!.TakenBefore.Contains(message.Id)),
                QueueKind.Dead => !message.IsConfirmed, // It is where it came from.
                QueueKind.Stream => message.Offset < there.Start && queue.MayDrop(message),
                QueueKind.Late => true, // It waits again, or LateMessages has complained.
                _ => message.MayLeave,
            };
            bool isPromised = message.IsPersistent && (message.IsConfirmed || wasClean) && !isSettled;
            model.Check(!isPromised || mayHaveLeft, message, "is lost");
            LetGo(message, isSettled);
            return;
        }

        model.Check(message.IsPersistent, message, "was not to survive a restart");
        model.Check(!(wasClean && isSettled), message, "was settled before a clean stop, and has come back");
        model.Check(!isDead, message, "is also a dead letter");
        message.State = MessageState.Ready;
        message.IsConfirmed = true;
        message.IsInDoubt = false;
        message.Publisher = null;
        message.Settler = null;
        message.Returns.Restart(wasClean);
        if (queue.Kind == QueueKind.Dead && model.SourceOf(message) is { } source)
        {
            source.Queue.Forget(source);
        }
    }

    private void LetGo(ModelMessage message, bool isSettled)
    {
        if (queue.Kind == QueueKind.Stream && message.Offset < there.Start)
        {
            message.State = MessageState.Settled; // Dropped, perhaps at this very start, which the next crash may undo.
            return;
        }

        if (queue.Kind == QueueKind.Late)
        {
            queue.Messages.Remove(message.Offset);
            return;
        }

        if (queue.Kind != QueueKind.Dead)
        {
            queue.Forget(message);
            return;
        }

        queue.Messages.Remove(message.Offset); // It may be where it came from, and come again.
        if (isSettled)
        {
            queue.TakenBefore.Add(message.Id);
        }
    }
}
