using Ropeway.Core.Timing;

namespace Ropeway.Simulation.Model;

/// <summary>The delayed messages: those that wait, and those that were seen in their queue and are not settled for good.</summary>
internal sealed class LateMessages(BrokerModel model)
{
    /// <summary>How long after its time a message may still wait when nothing else is to do, in milliseconds.</summary>
    private const long PatienceMs = 1000 + Deadlines.TickMs; // Of a step of time, and how late a broker may be at the step before.

    private readonly SortedList<long, LateMessage> _all = [];

    /// <summary>A message is being published.</summary>
    public void Add(LateMessage message) => _all.Add(message.Id, message);

    /// <summary>The time of day has changed.</summary>
    public void NoteTime(long nowMs, long lastId)
    {
        foreach (LateMessage message in _all.Values)
        {
            message.NoteTime(nowMs, lastId);
        }
    }

    /// <summary>A message is seen in the queue.</summary>
    /// <exception cref="Steps.ViolationException">It should not be there, or not yet, or not behind what is there.</exception>
    public ModelMessage Arrive(ModelQueue queue, FoundMessage found)
    {
        if (!_all.TryGetValue(found.Id, out LateMessage? late))
        {
            model.Fail($"message {found.Id} is in '{queue.Name}' at offset {found.Offset}, and nobody has published it, or it was settled");
        }

        model.Check(late.Seen is null, $"{late} is in '{queue.Name}' at offset {found.Offset}, and was at {late.Seen?.Offset}");
        model.Check(late.PassableAfter is not null, $"{late} is in '{queue.Name}' before its time");
        foreach (LateMessage other in _all.Values)
        {
            bool isInFront = other.Seen is { } seen && seen.Queue == queue && seen.Offset < found.Offset;
            model.Check(!isInFront || !late.IsBefore(other), $"{late} is in '{queue.Name}' behind {other}");
        }

        var message = new ModelMessage { Queue = queue, Id = found.Id, Offset = found.Offset, IsPersistent = late.IsPersistent, IsConfirmed = late.IsConfirmed };
        late.Seen = message;
        queue.Messages.Add(found.Offset, message);
        return message;
    }

    /// <summary>A message is settled for good.</summary>
    public void Forget(long id) => _all.Remove(id);

    /// <summary>Compares with what a recovery has found.</summary>
    /// <param name="waiting">The ids that wait.</param>
    /// <param name="queued">The ids that are in the queue.</param>
    /// <param name="wasClean">Whether the broker was stopped in an orderly way.</param>
    public void Recover(IReadOnlySet<long> waiting, IReadOnlySet<long> queued, bool wasClean)
    {
        CheckKnown(waiting);
        foreach (LateMessage message in _all.Values.ToList())
        {
            bool isWaiting = waiting.Contains(message.Id);
            bool isSettled = message.Seen is { State: MessageState.Settled or MessageState.Purged };
            model.Check(!isWaiting || !queued.Contains(message.Id), $"{message} waits, and is in its queue");
            model.Check(!isWaiting || message.IsPersistent, $"{message} was not to survive a restart");
            model.Check(!isWaiting || !wasClean || message.Seen is null, $"{message} was in its queue before a clean stop, and waits again");
            if (isWaiting)
            {
                message.Seen?.Settler?.Tell(model, message.Seen, counts: false);
                message.Seen?.Settler = null;
                message.Seen = null; // That it was passed on is lost, with all that came of it.
                message.Confirm();
            }
            else if (!queued.Contains(message.Id))
            {
                bool isPromised = message.IsPersistent && (message.IsConfirmed || wasClean) && !isSettled;
                model.Check(!isPromised, $"{message} is lost");
                _all.Remove(message.Id);
            }
        }
    }

    /// <summary>Compares with what there is when nothing is under way any more.</summary>
    public void CheckAtRest(IReadOnlySet<long> waiting, IReadOnlySet<long> queued, long nowMs)
    {
        CheckKnown(waiting);
        foreach (LateMessage message in _all.Values)
        {
            bool isSettled = message.Seen is { State: MessageState.Settled or MessageState.Purged };
            model.Check(waiting.Contains(message.Id) || queued.Contains(message.Id) || isSettled, $"{message} is lost");
            model.Check(!waiting.Contains(message.Id) || message.DueMs > nowMs - PatienceMs, $"{message} still waits at {nowMs}");
        }
    }

    private void CheckKnown(IReadOnlySet<long> waiting)
    {
        foreach (long id in waiting)
        {
            model.Check(_all.ContainsKey(id), $"delayed message {id} waits, and nobody has published it, or it was settled");
        }
    }
}
