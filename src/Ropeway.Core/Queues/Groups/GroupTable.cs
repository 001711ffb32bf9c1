using Ropeway.Core.Routing;

namespace Ropeway.Core.Queues.Groups;

/// <summary>
/// The groups of one queue of which something is known, by their ids. Ids are compared byte by byte and hashed with a secret seed.
/// States are used again, so that groups that come and go allocate nothing. Guarded by the queue's gate.
/// </summary>
internal sealed class GroupTable
{
    private const int BucketsMin = 8; // A power of two, as all bucket counts are.
    private const int SpareMax = 1024;

    private GroupState?[] _buckets = new GroupState?[BucketsMin];
    private GroupState? _spare;
    private int _spareCount;
    private int _count;

    /// <summary>Finds a group, or makes it.</summary>
    public GroupState GetOrAdd(ReadOnlySpan<byte> id)
    {
        ulong hash = KeyHash.Compute(id);
        for (GroupState? group = BucketOf(hash); group is not null; group = group.Next)
        {
            if (group.Hash == hash && group.Id.SequenceEqual(id))
            {
                return group;
            }
        }

        if (_count >= _buckets.Length)
        {
            Resize(_buckets.Length * 2);
        }

        GroupState added = TakeSpare();
        added.Begin(id, hash);
        ref GroupState? head = ref BucketOf(hash);
        added.Next = head;
        head = added;
        _count++;
        return added;
    }

    /// <summary>Forgets a group of which nothing is known any more.</summary>
    public void Remove(GroupState group)
    {
        ref GroupState? link = ref BucketOf(group.Hash);
        while (!ReferenceEquals(link, group))
        {
            link = ref link!.Next;
        }

        link = group.Next;
        group.Next = null;
        group.Waiting.Clear();
        _count--;
        if (_spareCount < SpareMax)
        {
            group.Next = _spare;
            _spare = group;
            _spareCount++;
        }

        if (_count == 0 && _buckets.Length > SpareMax)
        {
            Resize(BucketsMin);
        }
    }

    /// <summary>All groups, in no order.</summary>
    public GroupState[] ToArray()
    {
        var all = new List<GroupState>(_count);
        foreach (GroupState? head in _buckets)
        {
            for (GroupState? group = head; group is not null; group = group.Next)
            {
                all.Add(group);
            }
        }

        return [.. all];
    }

    private ref GroupState? BucketOf(ulong hash) => ref _buckets[(int)hash & (_buckets.Length - 1)];

    private GroupState TakeSpare()
    {
        if (_spare is not { } group)
        {
            return new GroupState();
        }

        _spare = group.Next;
        _spareCount--;
        return group;
    }

    private void Resize(int bucketCount)
    {
        GroupState[] all = ToArray();
        _buckets = new GroupState?[bucketCount];
        foreach (GroupState group in all)
        {
            ref GroupState? head = ref BucketOf(group.Hash);
            group.Next = head;
            head = group;
        }
    }
}
