using Ropeway.Storage;

namespace Ropeway.Core.Queues.Groups;

/// <summary>
/// The rules of one queue whose messages have groups: a message that belongs to a group goes to the consumer that holds messages of the
/// group, to anybody when nobody does, and after those of its group that come before it. Guarded by the queue's gate.
/// </summary>
/// <remarks>
/// Whoever is to be offered a message is found in steps: <see cref="ChooseTaker"/> or <see cref="MayBeFetched"/> looks at the message, then either
/// <see cref="Take"/> says that it was delivered or <see cref="TryPark"/> puts it aside; <see cref="EndRound"/> ends each round.
/// <code>
/// new: looked at -> waiting: parked, or offered to somebody -> held: settled -> gone
///                      ^                                        |
///                      +-- due -- postponed, or at once --------+ returned
/// </code>
/// Of each free group the first waiting message is offered; so is the first of all that wait for a consumer that can take messages. An
/// offered message whose consumer cannot take it any more is parked when it is looked at. Nothing of this survives a restart: it is
/// made again from the messages.
/// </remarks>
/// <param name="ready">The queue's ready messages.</param>
/// <param name="queue">The queue, which looks again on a pool thread.</param>
/// <param name="postponed">Messages that came back before the rules held, and wait.</param>
internal sealed class MessageGroups(ReadySet ready, SharedQueue queue, OffsetRange[] postponed)
{
    /// <summary>Most messages that are looked past; then all wait until one of them can be delivered.</summary>
    public const int WaitingMax = 10_000;

    /// <summary>Most messages that are put aside in one go: others want the gate, too.</summary>
    public const int SliceMax = 256;

    private const int KeptCapacityMax = 16_384;

    private readonly GroupTable _table = new();
    private readonly Dictionary<long, GroupState> _known = []; // By offset: what is waiting, held or postponed.
    private readonly List<HeldGroups> _unsure = [];
    private readonly byte[] _scratch = new byte[GroupId.BytesMax];
    private GroupState? _looked; // The group of the message that was looked at last.
    private int _waitingCount;
    private int _range; // In postponed,
    private long _next; // and the next offset there of which the group has to be learned.

    /// <summary>Learns which groups were postponed before the rules held.</summary>
    /// <param name="postponing">What is still postponed.</param>
    /// <returns>False when this goes on later: then nothing may be offered yet.</returns>
    public bool TryLearn(Postponed? postponing)
    {
        for (int count = 0; _range < postponed.Length; count++)
        {
            if (count == SliceMax)
            {
                queue.RunSoon();
                return false;
            }

            _next = Math.Max(_next, postponed[_range].Start);
            if (postponing is not null && postponing.Contains(_next))
            {
                ReadStatus status = ready.Read(_next, out RecordView record);
                if (status == ReadStatus.Cold)
                {
                    return false;
                }

                if (status == ReadStatus.Found && GroupId.TryRead(QueuedMessage.ReadContent(record).Properties, _scratch, out ReadOnlySpan<byte> id))
                {
                    GroupState group = _table.GetOrAdd(id);
                    group.PostponedCount++;
                    _known.Add(_next, group);
                }
            }

            _range += ++_next >= postponed[_range].End ? 1 : 0;
        }

        return true;
    }

    /// <summary>Looks at a message that is offered.</summary>
    /// <param name="message">The message.</param>
    /// <param name="turn">Who gets it when it may go to anybody.</param>
    /// <returns>Who gets it; null when nobody can take it now.</returns>
    public Consumer? ChooseTaker(scoped in QueuedMessage message, Consumer turn)
    {
        GroupState? group = Look(message);
        if (group is null)
        {
            return turn;
        }

        Consumer? taker = group.IsFree ? turn : group.PostponedCount == 0 && group.Holder is { IsActive: true } holder ? holder : null;
        return taker is not null && IsFirst(group, message.Offset) ? taker : null;
    }

    /// <summary>Looks at a message that is offered.</summary>
    /// <returns>Whether somebody who is no consumer may have it.</returns>
    public bool MayBeFetched(scoped in QueuedMessage message)
    {
        GroupState? group = Look(message);
        return group is null || (group.IsFree && IsFirst(group, message.Offset));
    }

    /// <summary>The message that was looked at is delivered, and ready no more.</summary>
    /// <param name="offset">The message.</param>
    /// <param name="holder">Who has it; null when it is no consumer.</param>
    /// <param name="isHeld">False when it is settled at once.</param>
    public void Take(long offset, Consumer? holder, bool isHeld)
    {
        if (_looked is not { } group)
        {
            return;
        }

        if (group.Waiting.Remove(ready.PlaceOf(offset)))
        {
            _waitingCount--;
            _known.Remove(offset);
        }

        if (isHeld)
        {
            _known.Add(offset, group);
            group.HeldCount++;
            group.Holder = holder;
        }

        Refresh(group);
    }

    /// <summary>The message that was looked at is delivered to somebody who is no consumer; this ends the round.</summary>
    public void TakeFetched(long offset, bool isHeld)
    {
        if (IsFull)
        {
            queue.RunSoon(); // Consumers may look past one more.
        }

        Take(offset, holder: null, isHeld);
        EndRound();
    }

    /// <summary>Puts the message aside that was looked at.</summary>
    /// <returns>False when too many are.</returns>
    public bool TryPark(long offset)
    {
        GroupState group = _looked!;
        long place = ready.PlaceOf(offset);
        if (!_known.ContainsKey(offset))
        {
            if (IsFull)
            {
                return false;
            }

            AddWaiting(group, offset, place);
        }

        ready.Park(offset, place);
        File(group);
        if (group.Heap is { Consumer.IsActive: true } heap)
        {
            _unsure.Add(heap); // It was looked at for somebody else.
        }

        return true;
    }

    /// <summary>Nothing more is looked at for now.</summary>
    public void EndRound()
    {
        EndLook();
        foreach (HeldGroups heap in _unsure)
        {
            Offer(heap);
        }

        _unsure.Clear();
    }

    /// <summary>A consumer can take messages again.</summary>
    public void OnActive(Consumer consumer)
    {
        if (consumer.HeldGroups is { } heap)
        {
            Offer(heap);
        }
    }

    /// <summary>Messages are held no more, and not ready either.</summary>
    public void Settle(ReadOnlySpan<OffsetRange> ranges)
    {
        foreach (OffsetRange range in ranges)
        {
            for (long offset = range.Start; offset < range.End && _known.Count > 0; offset++)
            {
                if (_known.Remove(offset, out GroupState? group))
                {
                    LetGo(group);
                    Refresh(group);
                }
            }
        }

        if (_known.Count == 0 && _known.Capacity > KeptCapacityMax)
        {
            _known.TrimExcess();
        }
    }

    /// <summary>Messages that were held are ready again.</summary>
    public void Return(OffsetRange range)
    {
        for (long offset = range.Start; offset < range.End && _known.Count > 0; offset++)
        {
            if (_known.TryGetValue(offset, out GroupState? group))
            {
                LetGo(group);
                AddWaiting(group, offset, ready.PlaceOf(offset));
                Refresh(group);
            }
        }
    }

    /// <summary>A message that was held waits until it is ready again: meanwhile nobody gets one of its group.</summary>
    public void Postpone(long offset)
    {
        if (_known.TryGetValue(offset, out GroupState? group))
        {
            LetGo(group);
            group.PostponedCount++;
            Refresh(group);
        }
    }

    /// <summary>A message that was postponed is ready again.</summary>
    public void EndPostponement(long offset)
    {
        if (_known.TryGetValue(offset, out GroupState? group))
        {
            group.PostponedCount--;
            AddWaiting(group, offset, ready.PlaceOf(offset));
            Refresh(group);
        }
    }

    /// <summary>A message leaves that was ready.</summary>
    public void Forget(long offset)
    {
        if (_known.Remove(offset, out GroupState? group))
        {
            group.Waiting.Remove(ready.PlaceOf(offset));
            _waitingCount--;
            Refresh(group);
        }
    }

    /// <summary>No message is ready or postponed any more.</summary>
    /// <param name="wasPostponed">What was postponed.</param>
    public void Purge(ReadOnlySpan<OffsetRange> wasPostponed)
    {
        _range = postponed.Length;
        foreach (OffsetRange range in wasPostponed)
        {
            for (long offset = range.Start; offset < range.End; offset++)
            {
                if (_known.Remove(offset, out GroupState? group))
                {
                    group.PostponedCount--;
                }
            }
        }

        foreach (GroupState group in _table.ToArray())
        {
            foreach (long place in group.Waiting.Places)
            {
                _known.Remove(ReadySet.OffsetAt(place));
            }

            group.Waiting.Clear();
            Refresh(group);
        }

        _waitingCount = 0;
    }

    /// <summary>The rules hold no more.</summary>
    public void End()
    {
        foreach (GroupState group in _table.ToArray())
        {
            group.Heap?.Remove(group);
        }
    }

    /// <summary>Whether nothing more is looked past.</summary>
    private bool IsFull => _waitingCount >= WaitingMax;

    private GroupState? Look(scoped in QueuedMessage message)
    {
        EndLook();
        if (!_known.TryGetValue(message.Offset, out GroupState? group) && GroupId.TryRead(message.Content.Properties, _scratch, out ReadOnlySpan<byte> id))
        {
            group = _table.GetOrAdd(id);
        }

        _looked = group;
        return group;
    }

    private void EndLook()
    {
        GroupState? group = _looked;
        _looked = null;
        if (group is { IsIdle: true })
        {
            _table.Remove(group);
        }
    }

    private bool IsFirst(GroupState group, long offset) => group.Waiting.Count == 0 || ready.PlaceOf(offset) <= group.Waiting.First;

    private void AddWaiting(GroupState group, long offset, long place)
    {
        _known[offset] = group;
        group.Waiting.Add(place);
        _waitingCount++;
    }

    /// <summary>A message of a group is held no more.</summary>
    private static void LetGo(GroupState group)
    {
        if (--group.HeldCount == 0)
        {
            group.Holder = null;
        }
    }

    /// <summary>A group has changed: offers what may be offered now.</summary>
    private void Refresh(GroupState group)
    {
        HeldGroups? before = group.Heap;
        File(group);
        if (before is not null)
        {
            Offer(before);
        }

        if (group.Heap is { } heap && !ReferenceEquals(heap, before))
        {
            Offer(heap);
        }

        if (group.IsFree && group.Waiting.Count > 0)
        {
            ready.Unpark(group.Waiting.First);
        }
        else if (group.IsIdle && !ReferenceEquals(group, _looked))
        {
            _table.Remove(group);
        }
    }

    /// <summary>Puts a group where it belongs: among the groups of its holder, when messages wait for that one only.</summary>
    private static void File(GroupState group)
    {
        HeldGroups? heap = null;
        if (group is { Holder: { } holder, PostponedCount: 0, Waiting.Count: > 0 })
        {
            heap = holder.HeldGroups ??= new HeldGroups(holder);
        }

        if (ReferenceEquals(heap, group.Heap))
        {
            heap?.Update(group);
            return;
        }

        group.Heap?.Remove(group);
        heap?.Add(group);
    }

    /// <summary>Offers the first of the messages that wait for a consumer, if it can take messages.</summary>
    private void Offer(HeldGroups heap)
    {
        if (heap is { Consumer.IsActive: true, First: { } group })
        {
            ready.Unpark(group.Waiting.First);
        }
    }
}
