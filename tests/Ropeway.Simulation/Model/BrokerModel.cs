using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Ropeway.Simulation.Steps;

namespace Ropeway.Simulation.Model;

/// <summary>
/// What the broker has promised, and what clients have seen: nothing of how it does it. It is told what clients do before they do it, and
/// what they get; what it is asked to check and finds broken is a <see cref="ViolationException"/>.
/// </summary>
internal sealed class BrokerModel
{
    private readonly Dictionary<string, Promised<ModelQueue?>> _queues = [];
    private readonly Dictionary<long, ModelQueue> _sources = []; // Of messages that were published to queues with dead letters.
    private readonly List<ModelUnit> _units = []; // Not confirmed.
    private readonly List<Action> _returns = []; // Of messages to queues with retry, in their order; each confirms one.
    private int _confirmedReturnCount;
    private long _lastId;
    private long _nowMs;
    private long _nextExpiryMs; // Before it no message expires.

    /// <summary>A model without anything.</summary>
    public BrokerModel() => Late = new LateMessages(this);

    /// <summary>The delayed messages.</summary>
    public LateMessages Late { get; }

    /// <summary>The policy of the work queues, as text.</summary>
    public Promised<string> Policy { get; } = new("");

    /// <summary>The first promise that was broken; null while all is well.</summary>
    public string? Violation { get; private set; }

    /// <summary>Set while the machine is off: what is said then does not count.</summary>
    public bool IsBlind { get; set; }

    /// <summary>The queues that exist now.</summary>
    public IEnumerable<ModelQueue> Queues => _queues.Values.Select(queue => queue.Current).OfType<ModelQueue>();

    /// <summary>The queue of dead letters; null before it was declared.</summary>
    public ModelQueue? Dead => Find("dead");

    public ModelQueue? Find(string name) => _queues.TryGetValue(name, out Promised<ModelQueue?>? queue) ? queue.Current : null;

    /// <summary>The number of the last message.</summary>
    public long LastId => _lastId;

    /// <summary>A new number for a message.</summary>
    public long NextId() => ++_lastId;

    /// <summary>A queue was declared.</summary>
    /// <returns>Confirms it.</returns>
    public Action Declare(ModelQueue queue)
    {
        if (!_queues.TryGetValue(queue.Name, out Promised<ModelQueue?>? known))
        {
            _queues.Add(queue.Name, known = new Promised<ModelQueue?>(null));
        }

        return known.Set(queue);
    }

    /// <summary>A queue was deleted.</summary>
    /// <returns>Confirms it.</returns>
    public Action Delete(string name) => _queues[name].Set(null);

    /// <summary>A message is being published.</summary>
    public void Publish(ModelMessage message, ModelUnit? unit)
    {
        if (message.Queue.Messages.TryGetValue(message.Offset, out ModelMessage? other))
        {
            Fail($"the offset of {other} is given again");
        }

        message.Queue.Messages.Add(message.Offset, message);
        NoteExpiry(message);
        message.Publisher = unit;
        unit?.Published.Add(message);
        if (message.Queue.Kind == QueueKind.Work)
        {
            _sources[message.Id] = message.Queue;
        }
    }

    /// <summary>A transaction begins.</summary>
    public ModelUnit BeginUnit()
    {
        var unit = new ModelUnit();
        _units.Add(unit);
        return unit;
    }

    /// <summary>A transaction is promised.</summary>
    public void ConfirmUnit(ModelUnit unit)
    {
        _units.Remove(unit);
        foreach (ModelMessage message in unit.Published)
        {
            message.IsConfirmed = true;
            message.Publisher = null;
        }

        unit.Settled.ForEach(ConfirmSettled);
    }

    /// <summary>A settlement is promised: the message never comes back.</summary>
    public void ConfirmSettled(ModelMessage message)
    {
        message.IsConfirmed = true; // It cannot be settled for good without having been there for good.
        message.Queue.Forget(message);
        if (message.Queue.Kind == QueueKind.Late)
        {
            Late.Forget(message.Id);
        }

        if (message.Queue.Kind == QueueKind.Dead && _sources.TryGetValue(message.Id, out ModelQueue? source) && source.Find(message.Id) is { } moved)
        {
            source.Forget(moved);
        }
    }

    /// <summary>Returns so far, for <see cref="ConfirmReturns"/>.</summary>
    public int ReturnCount => _returns.Count;

    /// <summary>A message comes back to its queue.</summary>
    public void Return(ModelMessage message, long nowMs)
    {
        message.State = MessageState.Ready;
        if (message.Queue.HasRetry)
        {
            _returns.Add(message.Returns.Return(nowMs));
            message.State = message.Returns.Min > Model.ReturnCount.Limit ? MessageState.Settled : MessageState.Ready;
            message.MayLeave |= message.Returns.Max > Model.ReturnCount.Limit;
            NoteExpiry(message);
        }
    }

    /// <summary>Something is durable that was done after so many returns, and so are these.</summary>
    public void ConfirmReturns(int count)
    {
        for (; _confirmedReturnCount < count; _confirmedReturnCount++)
        {
            _returns[_confirmedReturnCount]();
        }
    }

    /// <summary>A message is delivered to a consumer, or, when that is null, to somebody who has asked for one.</summary>
    public ModelMessage Deliver(ModelQueue queue, object? taker, FoundMessage found, bool isRedelivered, long returnCount, long nowMs)
    {
        NoteTime(nowMs);
        if (!queue.Messages.TryGetValue(found.Offset, out ModelMessage? message))
        {
            message = Adopt(queue, found);
        }

        CheckIdentity(message, found);
        Check(message.State == MessageState.Ready, message, "was delivered");
        Check(message.ExpiresAtMs == 0 || message.ExpiresAtMs > nowMs, message, "was delivered though it has expired");
        Check(isRedelivered || !message.WasDelivered, message, "was delivered before, and is not flagged as redelivered");
        Check(!isRedelivered || message.WasDelivered || message.Offset < queue.FlaggedEnd, message, "is flagged as redelivered, and nobody can have had it");
        int end = queue.HasPriorities ? queue.Messages.Count : queue.Messages.IndexOfKey(message.Offset);
        for (int i = 0; i < end; i++)
        {
            ModelMessage earlier = queue.Messages.Values[i];
            bool isPassed = ModelQueue.IsBefore(earlier, message) && IsOffered(earlier);
            Check(!isPassed || (earlier.Group != message.Group && queue.MayBePassed(earlier, taker)), earlier, $"was overtaken by {message.Offset}");
        }

        Check(!queue.IsBlocked(message, taker), message, "was delivered while somebody else has one of its group, or one of it waits");
        if (queue.HasRetry)
        {
            Check(message.Returns.DueMs == 0, message, $"was delivered before {message.Returns.DueMs}, at {nowMs}");
            Check(returnCount >= message.Returns.Min && returnCount <= message.Returns.Max, message, $"says that it came back {returnCount} times, not {message.Returns.Min} to {message.Returns.Max}");
            message.Returns.Learn((int)returnCount);
        }

        message.WasDelivered = true;
        message.Taker = taker;
        message.State = MessageState.Held;
        return message;
    }

    /// <summary>A stream has dropped what is below an offset: what is too old, or, with a limit of bytes, anything but the newest.</summary>
    public void DropBelow(ModelQueue stream, long start)
    {
        for (int i = 0; i < stream.Messages.Count && stream.Messages.Keys[i] < start; i++)
        {
            ModelMessage message = stream.Messages.Values[i];
            Check(message.State == MessageState.Settled || stream.MayDrop(message), message, "was dropped");
            message.State = MessageState.Settled; // Which a crash may undo.
        }
    }

    /// <summary>A queue has no message for a consumer, or, when that is null, for somebody who has asked for one.</summary>
    public void CheckEmpty(ModelQueue queue, object? taker)
    {
        foreach (ModelMessage message in queue.Messages.Values)
        {
            Check(!IsOffered(message) || queue.MayBePassed(message, taker), message, $"is kept back from {(taker is null ? "a get" : "a consumer")}");
        }
    }

    /// <summary>The time of day has changed.</summary>
    public void NoteTime(long nowMs)
    {
        _nowMs = nowMs;
        Late.NoteTime(nowMs, _lastId);
        if (nowMs < _nextExpiryMs)
        {
            return;
        }

        _nextExpiryMs = long.MaxValue;
        foreach (ModelQueue queue in Queues)
        {
            foreach (ModelMessage message in queue.Messages.Values)
            {
                message.MayLeave |= message.ExpiresAtMs != 0 && message.ExpiresAtMs <= nowMs;
                message.Returns.NoteTime(nowMs);
                NoteExpiry(message);
            }
        }
    }

    /// <summary>From now on the work queues may drop what is too much.</summary>
    public void NoteLengthLimit()
    {
        foreach (ModelMessage message in Queues.Where(queue => queue.Kind == QueueKind.Work).SelectMany(queue => queue.Messages.Values))
        {
            message.MayLeave = true;
        }
    }

    /// <summary>Compares with what a recovery has found, and takes that over.</summary>
    /// <param name="found">All queues.</param>
    /// <param name="delayed">The messages that wait for their time.</param>
    /// <param name="policy">The policy of the work queues.</param>
    /// <param name="wasClean">Whether the broker was stopped in an orderly way: then nothing was left open.</param>
    public void Recover(IReadOnlyList<FoundQueue> found, IReadOnlySet<long> delayed, string policy, bool wasClean)
    {
        Check(Policy.Possible.Contains(policy), $"the policy is '{policy}', not {string.Join(" or ", Policy.Possible)}");
        Policy.Learn(policy);
        Dictionary<string, FoundQueue> byName = found.ToDictionary(queue => queue.Name);
        foreach ((string name, Promised<ModelQueue?> known) in _queues)
        {
            FoundQueue? there = byName.GetValueOrDefault(name);
            byName.Remove(name);
            RecoverQueue(name, known, there);
        }

        Check(byName.Count == 0, $"queue '{byName.Keys.FirstOrDefault()}' is there, and nobody has declared it");
        _nextExpiryMs = 0;
        NoteTime(_nowMs); // Also for queues that were deleted, and are back.
        Late.Recover(delayed, IdsIn(found, QueueKind.Late), wasClean);
        FoundQueue? dead = found.FirstOrDefault(queue => queue.Name == "dead");
        foreach (FoundQueue there in found.OrderBy(queue => queue.Name != "dead"))
        {
            new QueueRecovery(this, Find(there.Name)!, there, dead).Run(wasClean);
        }

        _units.Clear();
        _returns.Clear();
        _confirmedReturnCount = 0;
    }

    /// <summary>Compares with what is there when nothing is under way any more.</summary>
    /// <param name="found">All queues.</param>
    /// <param name="delayed">The messages that wait for their time.</param>
    /// <param name="nowMs">The time of day.</param>
    public void CheckAtRest(IReadOnlyList<FoundQueue> found, IReadOnlySet<long> delayed, long nowMs)
    {
        Late.CheckAtRest(delayed, IdsIn(found, QueueKind.Late), nowMs);
        HashSet<long> dead = [.. found.Where(queue => queue.Name == "dead").SelectMany(queue => queue.Messages).Select(message => message.Id)];
        foreach (FoundQueue there in found)
        {
            ModelQueue queue = Find(there.Name)!;
            HashSet<long> ids = [.. there.Messages.Select(message => message.Id)];
            Check(ids.Count == there.Messages.Count, $"a message is in '{queue.Name}' twice");
            if (queue.Kind == QueueKind.Stream)
            {
                DropBelow(queue, there.Start);
            }

            foreach (FoundMessage message in there.Messages)
            {
                ModelMessage known = queue.Messages.TryGetValue(message.Offset, out ModelMessage? expected) ? expected : Adopt(queue, message);
                CheckIdentity(known, message);
                Check(known.State is MessageState.Ready or MessageState.Held, known, "is still in its queue");
                Check(queue.Kind != QueueKind.Work || !dead.Contains(message.Id), known, "is also a dead letter");
            }

            foreach (ModelMessage message in queue.Messages.Values)
            {
                bool isDead = queue.Kind == QueueKind.Work && dead.Contains(message.Id);
                bool hasLeft = message.State is MessageState.Settled or MessageState.Purged or MessageState.Moved || (message.MayLeave && message.State == MessageState.Ready && queue.Kind != QueueKind.Work);
                bool wasTaken = queue.Kind == QueueKind.Work && message.MayLeave && Dead is { } letters && (letters.Gone.Contains(message.Id) || letters.Find(message.Id) is { State: MessageState.Settled });
                Check(ids.Contains(message.Id) || isDead || hasLeft || wasTaken, message, "is lost");
            }
        }
    }

    /// <summary>A promise is broken.</summary>
    [DoesNotReturn]
    public void Fail(string text)
    {
        if (IsBlind)
        {
            throw new PowerOffException();
        }

        Violation ??= text;
        throw new ViolationException(Violation);
    }

    internal void Check(bool isKept, string text)
    {
        if (!isKept)
        {
            Fail(text);
        }
    }

    internal void Check(bool isKept, [InterpolatedStringHandlerArgument(nameof(isKept))] ref CheckText text)
    {
        if (!isKept)
        {
            Fail(text.Take());
        }
    }

    internal void Check(bool isKept, ModelMessage message, [InterpolatedStringHandlerArgument(nameof(isKept))] ref CheckText text)
    {
        if (!isKept)
        {
            Fail($"{message} {text.Take()}");
        }
    }

    internal void Check(bool isKept, ModelMessage message, string text)
    {
        if (!isKept)
        {
            Fail($"{message} {text}");
        }
    }

    /// <summary>A message has appeared that was not published there: it must be a dead letter.</summary>
    internal ModelMessage Adopt(ModelQueue queue, FoundMessage found)
    {
        Check(!queue.Gone.Contains(found.Id), $"message {found.Id}, which was settled, has come back to '{queue.Name}' at offset {found.Offset}");
        if (queue.Kind == QueueKind.Late)
        {
            return Late.Arrive(queue, found);
        }

        ModelQueue? source = _sources.GetValueOrDefault(found.Id);
        if (queue.Kind != QueueKind.Dead || source is null)
        {
            Fail($"message {found.Id} is in '{queue.Name}' at offset {found.Offset}, and nobody has published it there");
        }

        Check(queue.Find(found.Id) is null, $"message {found.Id} is twice among the dead letters");
        Check(!source.Gone.Contains(found.Id), $"message {found.Id}, which was settled in '{source.Name}', is a dead letter");
        ModelMessage? left = source.Find(found.Id);
        if (left is not null)
        {
            Check(left.State is MessageState.Leaving or MessageState.Purged || (left.State == MessageState.Ready && left.MayLeave), left, "is a dead letter, for no reason");
            left.State = MessageState.Moved;
        }

        var message = new ModelMessage { Queue = queue, Id = found.Id, Offset = found.Offset, IsPersistent = left?.IsPersistent ?? true };
        queue.Messages.Add(found.Offset, message);
        return message;
    }

    internal void CheckIdentity(ModelMessage message, FoundMessage found) =>
        Check(message.Id == found.Id, message, $"has become message {found.Id}");

    /// <summary>The message in the queue it came from, when one is known.</summary>
    internal ModelMessage? SourceOf(ModelMessage letter) => _sources.TryGetValue(letter.Id, out ModelQueue? source) ? source.Find(letter.Id) : null;

    /// <summary>Whether a queue must give a message to who asks.</summary>
    private static bool IsOffered(ModelMessage message) => message.State == MessageState.Ready && !message.MayLeave && !message.IsInDoubt && !message.Returns.IsOutOfOrder;

    private HashSet<long> IdsIn(IReadOnlyList<FoundQueue> found, QueueKind kind) =>
        [.. found.Where(queue => Find(queue.Name)?.Kind == kind).SelectMany(queue => queue.Messages).Select(message => message.Id)];

    private void NoteExpiry(ModelMessage message)
    {
        if (message.ExpiresAtMs != 0 && !message.MayLeave)
        {
            _nextExpiryMs = Math.Min(_nextExpiryMs, message.ExpiresAtMs);
        }

        if (message.Returns.DueMs != 0)
        {
            _nextExpiryMs = Math.Min(_nextExpiryMs, message.Returns.DueMs);
        }
    }

    private void RecoverQueue(string name, Promised<ModelQueue?> known, FoundQueue? there)
    {
        if (name.StartsWith("brief", StringComparison.Ordinal))
        {
            Check(there is null, $"queue '{name}' is there, and was not durable");
            known.Learn(null);
            return;
        }

        bool isPossible = known.Possible.Any(queue => queue?.LogId == there?.LogId);
        Check(isPossible, there is null ? $"queue '{name}' is lost" : $"queue '{name}' has log {there.LogId}, which is not one that it may have");
        ModelQueue? found = known.Possible.First(queue => queue?.LogId == there?.LogId);
        known.Learn(found);
        if (found is not null)
        {
            Check(found.Bound.Possible.Contains(there!.IsBound), $"queue '{name}' is {(there.IsBound ? "" : "not ")}bound");
            found.Bound.Learn(there.IsBound);
        }
    }
}
