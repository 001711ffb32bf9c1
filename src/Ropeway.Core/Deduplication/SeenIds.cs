using System.Runtime.InteropServices;
using System.Text;
using Ropeway.Core.Queues;
using Ropeway.Core.Timing;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Deduplication;

/// <summary>
/// The ids of the messages that a queue has had within its window; what comes again is confirmed and dropped. One per queue that asks
/// for it, used by all who publish to it, one after the other: its gate comes before those of logs.
/// </summary>
/// <remarks>
/// An id is appended to a log of its own in the unit that appends its message, so that a crash leaves both or none. A duplicate is
/// confirmed no sooner than the message itself: while that is in an open unit of somebody else (a transaction that is being committed),
/// which a crash would drop, it is refused. In memory an id takes some 70 octets.
/// </remarks>
internal sealed class SeenIds : Timed, IUnitWatcher
{
    private const int ForgottenMax = 4096;
    private const long PatienceMs = 1000;

    private readonly IdLog? _log;
    private readonly QueueServices _services;
    private readonly Lock _gate = new();
    private readonly HashSet<IdHash> _ids = [];
    private readonly Queue<SeenId> _order = new();
    private readonly Dictionary<IdHash, (int Item, bool WasRejected)> _firstOf = []; // Items of the batch at hand; another queue may have refused one.
    private readonly List<(int Item, int First)> _repeated = [];
    private readonly List<(SeenId Seen, bool Persistent)> _added = [];
    private readonly Dictionary<IdHash, AtomicUnit> _unitOf = []; // Ids whose messages are in an open unit that others end.
    private DeduplicationRule _rule;
    private byte[] _headerUtf8;
    private ulong _lastIndex;
    private bool _isWatched;
    private bool _isClosed;

    /// <summary>Remembers what the last process has left; waits for the disk.</summary>
    /// <param name="rule">What the queue asks for.</param>
    /// <param name="log">Null for a queue that does not survive a restart.</param>
    /// <param name="services">What queues need of the world.</param>
    public SeenIds(DeduplicationRule rule, StoredLog? log, QueueServices services)
    {
        _rule = rule;
        _headerUtf8 = Encoding.UTF8.GetBytes(rule.Header);
        _services = services;
        if (log is null)
        {
            return;
        }

        _log = new IdLog(log);
        foreach (SeenId seen in _log.ReadAll())
        {
            Remember(seen);
        }

        lock (_gate)
        {
            Watch();
        }
    }

    /// <summary>What holds at this moment. Any thread.</summary>
    public DeduplicationRule Rule => Volatile.Read(ref _rule);

    /// <summary>The queue; set once, by itself.</summary>
    public Queue? Owner { get; set; }

    /// <summary>The id of the log of ids in the store; null when there is none.</summary>
    public ulong? LogId => _log?.Id;

    /// <summary>Ids that are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _order.Count;
            }
        }
    }

    /// <summary>Appends to a queue the messages of a chain that it has not had. Without the gate of a log.</summary>
    /// <returns>The commit index that those, and what the others repeat, are durable at; 0 when none has to be.</returns>
    public ulong Publish(SharedQueue queue, PublishBatch batch, int firstTarget, ReadOnlySpan<byte> source, DispatchBatch dispatch, AtomicUnit? unit)
    {
        lock (_gate)
        {
            long nowMs = _services.Deadlines.NowMs;
            Forget(nowMs, unit: null);
            firstTarget = DropSeen(batch, firstTarget, source, unit);
            ulong index = _lastIndex;
            if (firstTarget >= 0)
            {
                AtomicUnit? own = unit is null && _log is not null ? _services.BeginUnit() : null;
                using (own)
                {
                    index = Math.Max(index, queue.PublishNew(batch, firstTarget, source, dispatch, unit ?? own));
                    RememberTaken(batch, nowMs, unit ?? own);
                    Follow(unit);
                    index = Math.Max(index, own?.Complete() ?? 0);
                }

                _lastIndex = index;
            }

            _firstOf.Clear();
            _repeated.Clear();
            return index;
        }
    }

    /// <summary>Another rule holds from now on; ids that are remembered stay so as long as it lets them. The virtual host's gate may be held.</summary>
    public void Apply(DeduplicationRule rule)
    {
        lock (_gate)
        {
            Volatile.Write(ref _rule, rule);
            _headerUtf8 = Encoding.UTF8.GetBytes(rule.Header);
            _isWatched = false;
            Watch();
        }
    }

    /// <summary>The log is about to be deleted, with the queue or because its messages' ids do not matter any more. The virtual host's gate may be held.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            _log?.Close();
            _services.Deadlines.Cancel(this);
        }
    }

    /// <summary>What the unit has brought is durable at an index, or did not come.</summary>
    void IUnitWatcher.OnUnitEnded(AtomicUnit unit, ulong index)
    {
        lock (_gate)
        {
            _lastIndex = Math.Max(_lastIndex, index);
            if (!unit.IsComplete)
            {
                _log?.ForgetAgain();
            }

            foreach ((IdHash hash, AtomicUnit open) in _unitOf)
            {
                if (ReferenceEquals(open, unit))
                {
                    _unitOf.Remove(hash);
                    if (!unit.IsComplete)
                    {
                        _ids.Remove(hash);
                    }
                }
            }
        }
    }

    /// <inheritdoc/>
    protected internal override void OnDue(long nowMs)
    {
        lock (_gate)
        {
            _isWatched = false;
            Forget(nowMs, unit: null);
            Watch();
        }
    }

    /// <inheritdoc/>
    public override void OnFault(Exception fault) => Owner?.OnFault(fault);

    /// <summary>Takes out of a chain what the queue has had.</summary>
    /// <returns>The start of the chain now; -1 when nothing is left.</returns>
    private int DropSeen(PublishBatch batch, int firstTarget, ReadOnlySpan<byte> source, AtomicUnit? unit)
    {
        int previous = -1;
        for (int target = firstTarget; target >= 0; target = batch.NextTarget(target))
        {
            int item = batch.IndexOf(target);
            if (IdHash.TryOf(batch[item], source, _headerUtf8, out IdHash hash))
            {
                bool isRepeated = _firstOf.TryGetValue(hash, out (int Item, bool WasRejected) first);
                if (isRepeated)
                {
                    _repeated.Add((item, first.Item));
                }

                if (isRepeated || _ids.Contains(hash))
                {
                    batch[item].IsRejected |= _unitOf.TryGetValue(hash, out AtomicUnit? open) && !ReferenceEquals(open, unit);
                    firstTarget = batch.Skip(firstTarget, previous, target);
                    continue;
                }

                _firstOf.Add(hash, (item, batch[item].IsRejected));
                batch[item].IsRejected = false; // Says what this queue does, until its end.
            }

            previous = target;
        }

        return firstTarget;
    }

    /// <summary>Remembers the ids of what the queue has taken: not of what it refused, which may come again.</summary>
    private void RememberTaken(PublishBatch batch, long nowMs, AtomicUnit? unit)
    {
        _added.Clear();
        foreach ((IdHash hash, (int item, _)) in _firstOf)
        {
            if (!batch[item].IsRejected)
            {
                _added.Add((new SeenId(hash, nowMs, Offset: 0), (batch[item].Head.Flags & MessageFlags.Persistent) != 0));
            }
        }

        foreach ((int item, int first) in _repeated)
        {
            batch[item].IsRejected |= batch[first].IsRejected;
        }

        foreach ((int item, bool wasRejected) in _firstOf.Values)
        {
            batch[item].IsRejected |= wasRejected;
        }

        Span<(SeenId Seen, bool Persistent)> added = CollectionsMarshal.AsSpan(_added);
        if (unit is not null)
        {
            _log?.Append(added, unit);
        }

        foreach ((SeenId seen, _) in added)
        {
            Remember(seen);
        }

        Forget(nowMs, added.IsEmpty ? null : unit);
        Watch();
    }

    /// <summary>Duplicates of what a unit brings that others end are refused until its end.</summary>
    private void Follow(AtomicUnit? unit)
    {
        if (unit is null || _added.Count == 0)
        {
            return;
        }

        foreach ((SeenId seen, _) in _added)
        {
            _unitOf[seen.Hash] = unit;
        }

        unit.Watch(this);
    }

    private void Remember(SeenId seen)
    {
        if (_ids.Add(seen.Hash))
        {
            _order.Enqueue(seen);
        }
    }

    /// <summary>Forgets what is over.</summary>
    /// <param name="nowMs">The time.</param>
    /// <param name="unit">The unit whose ids take the place of others; null outside of one.</param>
    private void Forget(long nowMs, AtomicUnit? unit)
    {
        long forgottenEnd = -1;
        for (int count = 0; count < ForgottenMax && _order.TryPeek(out SeenId oldest) && IsOver(oldest, nowMs); count++)
        {
            _order.Dequeue();
            _ids.Remove(oldest.Hash);
            forgottenEnd = oldest.Offset + 1;
        }

        if (forgottenEnd > 0)
        {
            _log?.SettleBelow(forgottenEnd, unit);
        }
    }

    private bool IsOver(in SeenId oldest, long nowMs) => _order.Count > _rule.CountMax || nowMs - oldest.SeenAtMs >= _rule.WindowMs;

    /// <summary>Looks again when the oldest id is over, even if nobody publishes.</summary>
    private void Watch()
    {
        if (_isWatched || _isClosed || !_order.TryPeek(out SeenId oldest))
        {
            return;
        }

        long nowMs = _services.Deadlines.NowMs;
        if (IsOver(oldest, nowMs))
        {
            _services.Deadlines.Set(this, nowMs); // More than was forgotten in one go.
        }
        else if (_rule.WindowMs is { } windowMs)
        {
            _services.Deadlines.Set(this, Math.Max(oldest.SeenAtMs + windowMs, nowMs + PatienceMs));
        }
        else
        {
            return;
        }

        _isWatched = true;
    }
}
