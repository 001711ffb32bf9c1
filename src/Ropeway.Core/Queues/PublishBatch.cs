using System.Runtime.InteropServices;
using Ropeway.Core.Delays;
using Ropeway.Core.Routing;
using Ropeway.Core.Tracing;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// The messages that one read of a connection brought, grouped by target queue so that each queue's gate is taken once.
/// Owned by one session, used on its owner only; allocates nothing once it has grown.
/// </summary>
public sealed class PublishBatch
{
    private const int LinearGroupsMax = 8;

    private Dictionary<Queue, int>? _groupOf; // Made when there are too many groups to look through.
    private readonly List<(int Item, RecentHistory History)> _kept = [];
    private readonly List<(Queue Queue, int Item)> _refused = [];
    private readonly List<DelayedItem> _delayed = [];
    private DelayLog? _delays;
    private SharedParts? _shared; // Made for the first message that is worth it.
    private PublishItem[] _items = new PublishItem[64];
    private Target[] _targets = new Target[64];
    private Group[] _groups = new Group[8];
    private int _targetCount;
    private int _groupCount;

    /// <summary>Those of the messages that are traced, by their indices; null for none.</summary>
    internal Dictionary<int, TracedItem>? Traced { get; set; }

    /// <summary>Messages in the batch.</summary>
    public int Count { get; private set; }

    /// <summary>The message at <paramref name="index"/>, in the order of <see cref="Add"/>.</summary>
    public ref PublishItem this[int index] => ref _items[index];

    /// <summary>Adds an empty message to be filled in place.</summary>
    /// <returns>Its index.</returns>
    public int Add()
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, _items.Length * 2);
        }

        _items[Count] = default;
        return Count++;
    }

    /// <summary>Says that a message goes to a queue. Each queue at most once per message.</summary>
    public void Route(int index, Queue queue)
    {
        if (_targetCount == _targets.Length)
        {
            Array.Resize(ref _targets, _targets.Length * 2);
        }

        int target = _targetCount++;
        _targets[target] = new Target(index, Next: -1);
        int found = FindGroup(queue);
        if (found < 0)
        {
            AddGroup(queue, target);
            return;
        }

        ref Group group = ref _groups[found];
        _targets[group.Last].Next = target;
        group.Last = target;
    }

    /// <summary>Says that a history gets a copy of a message.</summary>
    public void Keep(int index, RecentHistory history) => _kept.Add((index, history));

    /// <summary>Says that a message waits until an exchange passes it on.</summary>
    /// <param name="index">The message.</param>
    /// <param name="delays">Where it waits: the same for all messages of a batch.</param>
    /// <param name="exchange">The exchange that routes it when it is due.</param>
    /// <param name="dueMs">When that is, in milliseconds since the Unix epoch.</param>
    public void Delay(int index, DelayLog delays, Exchange exchange, long dueMs)
    {
        _delays = delays;
        _delayed.Add(new DelayedItem(index, exchange, dueMs));
    }

    /// <summary>Appends every message to its queues and dispatches. No gate may be held.</summary>
    /// <param name="source">The received bytes that items without a block refer to.</param>
    /// <param name="dispatch">The calling thread's batch.</param>
    /// <returns>The commit index that all of it is durable at; 0 when nothing needs to be.</returns>
    public ulong Publish(ReadOnlySpan<byte> source, DispatchBatch dispatch) => Publish(source, dispatch, unit: null);

    /// <summary>As above, in a unit: it decides whether the messages stay.</summary>
    internal ulong Publish(ReadOnlySpan<byte> source, DispatchBatch dispatch, AtomicUnit? unit)
    {
        foreach ((int item, RecentHistory history) in _kept)
        {
            history.Keep(_items[item], source);
        }

        ulong index = Math.Max(_delays?.Append(this, CollectionsMarshal.AsSpan(_delayed), source, unit) ?? 0, PublishToQueues(source, dispatch, unit));
        if (_refused.Count > 0)
        {
            DeadLetterDesk.SendRefused(this, source, dispatch, unit);
        }

        return index;
    }

    /// <summary>Forgets all messages.</summary>
    public void Clear()
    {
        Array.Clear(_items, 0, Count);
        Array.Clear(_groups, 0, _groupCount);
        _groupOf?.Clear();
        _refused.Clear();
        _kept.Clear();
        _delayed.Clear();
        _delays = null;
        Traced = null;
        _shared?.Clear();
        Count = 0;
        _targetCount = 0;
        _groupCount = 0;
    }

    /// <summary>As the other, without giving away what is refused: see <see cref="Refused"/>.</summary>
    internal ulong PublishToQueues(ReadOnlySpan<byte> source, DispatchBatch dispatch, AtomicUnit? unit)
    {
        if (_groupCount > 1 && _targetCount > Count - _kept.Count - _delayed.Count)
        {
            Share(source);
        }

        ulong index = 0;
        for (int i = 0; i < _groupCount; i++)
        {
            index = Math.Max(index, _groups[i].Queue.Publish(this, _groups[i].First, source, dispatch, unit));
        }

        return index;
    }

    /// <summary>Which messages lead to a queue, now or when they are due.</summary>
    internal bool[] FindRouted()
    {
        var isRouted = new bool[Count];
        foreach (Target target in _targets.AsSpan(0, _targetCount))
        {
            isRouted[target.Item] = true;
        }

        foreach (DelayedItem delayed in _delayed)
        {
            isRouted[delayed.Index] = true;
        }

        return isRouted;
    }

    /// <summary>What is journalled once for several queues; null as long as nothing was.</summary>
    internal SharedParts? Shared => _shared;

    /// <summary>Messages that their queues refused and give away instead.</summary>
    internal List<(Queue Queue, int Item)> Refused => _refused;

    /// <summary>A queue refuses a message.</summary>
    /// <param name="target">The message for this queue.</param>
    /// <param name="queue">The queue, when it dead-letters the message; else null.</param>
    internal void Refuse(int target, Queue? queue)
    {
        ItemOf(target).IsRejected = true;
        if (queue is not null)
        {
            _refused.Add((queue, _targets[target].Item));
        }
    }

    /// <summary>The next target after <paramref name="target"/> of the same queue, -1 at the end.</summary>
    internal int NextTarget(int target) => _targets[target].Next;

    /// <summary>The message of a target.</summary>
    internal int IndexOf(int target) => _targets[target].Item;

    /// <summary>Takes a target out of a queue's chain.</summary>
    /// <param name="first">The chain's first target.</param>
    /// <param name="previous">The one in front of it; -1 when it is the first.</param>
    /// <param name="target">The target.</param>
    /// <returns>The chain's first target now; -1 when it was the only one.</returns>
    internal int Skip(int first, int previous, int target)
    {
        if (previous < 0)
        {
            return _targets[target].Next;
        }

        _targets[previous].Next = _targets[target].Next;
        return first;
    }

    internal ref PublishItem ItemOf(int target) => ref _items[_targets[target].Item];

    /// <summary>Journals once what several durable queues will get, if there is something that is worth it.</summary>
    private void Share(ReadOnlySpan<byte> source)
    {
        int count = 0;
        long bytes = 0;
        for (int i = 0; i < Count; i++)
        {
            if (SharedParts.Suits(_items[i]))
            {
                count++;
                bytes += _items[i].RestBytes;
            }
        }

        if (count == 0 || (count > 1 && bytes > SharedParts.BytesMax))
        {
            return;
        }

        _shared ??= new SharedParts(this);
        _shared.Begin();
        StoredLog? log = null;
        for (int i = 0; i < _groupCount; i++)
        {
            if (_groups[i].Queue.Log.IsDurable)
            {
                log = _groups[i].Queue.Log;
                for (int target = _groups[i].First; target >= 0; target = _targets[target].Next)
                {
                    _shared.CountTaker(_targets[target].Item);
                }
            }
        }

        if (log is not null)
        {
            _shared.Write(log, source);
        }
    }

    private int FindGroup(Queue queue)
    {
        for (int i = Math.Min(_groupCount, LinearGroupsMax) - 1; i >= 0; i--)
        {
            if (ReferenceEquals(_groups[i].Queue, queue))
            {
                return i;
            }
        }

        return _groupCount > LinearGroupsMax && _groupOf!.TryGetValue(queue, out int found) ? found : -1;
    }

    private void AddGroup(Queue queue, int target)
    {
        if (_groupCount == _groups.Length)
        {
            Array.Resize(ref _groups, _groups.Length * 2);
        }

        if (_groupCount >= LinearGroupsMax)
        {
            (_groupOf ??= []).Add(queue, _groupCount);
        }

        _groups[_groupCount++] = new Group(queue, target, target);
    }

    private record struct Target(int Item, int Next);

    private record struct Group(Queue Queue, int First, int Last);
}
