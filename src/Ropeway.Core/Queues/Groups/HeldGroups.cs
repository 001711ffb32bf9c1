namespace Ropeway.Core.Queues.Groups;

/// <summary>
/// The groups that one consumer holds and of which messages wait for it: a heap with the group on top whose first message comes
/// first in the queue. Guarded by the queue's gate.
/// </summary>
/// <param name="consumer">The consumer.</param>
internal sealed class HeldGroups(Consumer consumer)
{
    private readonly List<GroupState> _heap = [];

    /// <summary>The consumer that holds them.</summary>
    public Consumer Consumer { get; } = consumer;

    /// <summary>The group whose first message comes first; null when there is none.</summary>
    public GroupState? First => _heap.Count == 0 ? null : _heap[0];

    /// <summary>Adds a group that has a message.</summary>
    public void Add(GroupState group)
    {
        group.Heap = this;
        _heap.Add(group);
        Rise(_heap.Count - 1, group);
    }

    /// <summary>Removes a group; its messages do not matter.</summary>
    public void Remove(GroupState group)
    {
        GroupState last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        group.Heap = null;
        if (!ReferenceEquals(last, group))
        {
            Place(group.HeapIndex, last);
            Update(last);
        }
    }

    /// <summary>The first message of a group is another one.</summary>
    public void Update(GroupState group)
    {
        Rise(group.HeapIndex, group);
        Sink(group.HeapIndex, group);
    }

    private void Rise(int index, GroupState group)
    {
        while (index > 0 && group.Waiting.First < _heap[(index - 1) / 2].Waiting.First)
        {
            Place(index, _heap[(index - 1) / 2]);
            index = (index - 1) / 2;
        }

        Place(index, group);
    }

    private void Sink(int index, GroupState group)
    {
        while (true)
        {
            int child = (2 * index) + 1;
            if (child + 1 < _heap.Count && _heap[child + 1].Waiting.First < _heap[child].Waiting.First)
            {
                child++;
            }

            if (child >= _heap.Count || _heap[child].Waiting.First > group.Waiting.First)
            {
                break;
            }

            Place(index, _heap[child]);
            index = child;
        }

        Place(index, group);
    }

    private void Place(int index, GroupState group)
    {
        _heap[index] = group;
        group.HeapIndex = index;
    }
}
