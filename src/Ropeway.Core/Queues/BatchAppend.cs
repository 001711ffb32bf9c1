using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>Copies the messages of a publish batch that go to one log into it: the one copy in. Under the log's gate.</summary>
/// <param name="log">The log.</param>
/// <param name="batch">The batch.</param>
/// <param name="source">The received bytes that items without a block refer to.</param>
/// <param name="ttlMs">How long the queue keeps a message at most; <see cref="MessageHead.NoTtl"/> for ever.</param>
/// <param name="levels">The levels of the queue's priorities, or null.</param>
/// <param name="unit">The unit that the messages belong to, or null.</param>
internal ref struct BatchAppend(StoredLog log, PublishBatch batch, ReadOnlySpan<byte> source, long ttlMs, PriorityLevels? levels, AtomicUnit? unit)
{
    private const int AppendBytesMax = 128 * 1024;

    private readonly ReadOnlySpan<byte> _source = source;
    private readonly int _appendBytesMax = Math.Min(AppendBytesMax, log.BatchBytesMax);
    private long _bodyBytes;

    /// <summary>True to keep also what its publisher did not want kept, and for as long as the log wants.</summary>
    public bool KeepsAll { get; init; }

    /// <summary>The commit index that what was appended is durable at; 0 when nothing has to be.</summary>
    public ulong Index { get; private set; }

    /// <summary>Whether a message was appended that expires.</summary>
    public bool HasExpiring { get; private set; }

    /// <summary>Bytes of the bodies appended since the last call.</summary>
    public long TakeBodyBytes()
    {
        long bytes = _bodyBytes;
        _bodyBytes = 0;
        return bytes;
    }

    /// <summary>Refuses the chain of messages that starts at <paramref name="target"/>.</summary>
    /// <returns>How many there are.</returns>
    public static long RejectAll(PublishBatch batch, int target)
    {
        long count = 0;
        for (; target >= 0; target = batch.NextTarget(target))
        {
            batch.ItemOf(target).IsRejected = true;
            count++;
        }

        return count;
    }

    /// <summary>Appends the chain of messages that starts at <paramref name="target"/>.</summary>
    /// <param name="target">The first.</param>
    /// <param name="end">The one to stop before; -1 for none.</param>
    public void AddAll(int target, int end = -1)
    {
        while (target != end)
        {
            AddRun(ref target, end);
        }
    }

    /// <summary>Says to their life lines, if any is traced, that messages are in a queue now.</summary>
    /// <param name="queue">The queue of the log.</param>
    /// <param name="target">The first.</param>
    /// <param name="end">The one to stop before; -1 for none.</param>
    /// <param name="sequence">Number of the first.</param>
    public readonly void Trace(Queue queue, int target, int end, long sequence)
    {
        if (batch.Traced is not null)
        {
            queue.Services.Tracing.NoteStored(queue, batch, target, end, sequence);
        }
    }

    /// <summary>Appends the messages from <paramref name="target"/> to before <paramref name="stop"/> that fit one batch of the store and are alike in durability and level.</summary>
    private void AddRun(ref int target, int stop)
    {
        ref PublishItem first = ref batch.ItemOf(target);
        bool persistent = IsPersistent(first);
        byte level = LevelOf(first);
        if (first.BodyId != 0)
        {
            AppendSpace external = log.BeginAppendExternal(first.StoredBytes, persistent, TagOf(level, Expires(first)), first.BodyId, unit);
            first.WriteTo(external.Add(first.StoredBytes), _source, ttlMs);
            _bodyBytes += first.BodyBytes;
            target = batch.NextTarget(target);
            Index = Math.Max(Index, external.Complete());
            levels?.Add(external.FirstOffset, external.FirstOffset + 1, level);
            return;
        }

        int count = 0;
        int bytes = 0;
        bool expires = false;
        int end = target;
        while (end != stop)
        {
            ref PublishItem item = ref batch.ItemOf(end);
            bool alike = (item.BodyId | (uint)(item.Shared ^ first.Shared)) == 0 && IsPersistent(item) == persistent && LevelOf(item) == level;
            if (!alike || (count > 0 && bytes + item.StoredBytes > _appendBytesMax))
            {
                break;
            }

            count++;
            bytes += item.StoredBytes;
            expires |= Expires(item);
            _bodyBytes += item.BodyBytes;
            end = batch.NextTarget(end);
        }

        byte tag = TagOf(level, expires);
        if (first.Shared == 0 || !persistent || !TryRefer(ref target, end, count, tag, out AppendSpace space))
        {
            space = log.BeginAppend(count, bytes, persistent, tag, unit);
            for (; target != end; target = batch.NextTarget(target))
            {
                ref PublishItem item = ref batch.ItemOf(target);
                item.WriteTo(space.Add(item.StoredBytes), _source, ttlMs);
            }
        }

        Index = Math.Max(Index, space.Complete());
        levels?.Add(space.FirstOffset, space.FirstOffset + count, level);
    }

    /// <summary>Appends messages that are alike as references to their shared part.</summary>
    /// <param name="target">The first; then <paramref name="end"/>.</param>
    /// <param name="end">Where to stop.</param>
    /// <param name="count">How many.</param>
    /// <param name="tag">The batch's tag.</param>
    /// <param name="space">Filled, to be completed.</param>
    /// <returns>False when others have filled the journal so fast that the part was twice too far back.</returns>
    private readonly bool TryRefer(ref int target, int end, int count, byte tag, out AppendSpace space)
    {
        SharedParts parts = batch.Shared!;
        int part = batch.ItemOf(target).Shared;
        if (!log.TryBeginReferring(count, count * StoredMessage.HeadBytes, tag, parts.Find(part), unit, out space))
        {
            parts.Rewrite(part, log, _source);
            if (!log.TryBeginReferring(count, count * StoredMessage.HeadBytes, tag, parts.Find(part), unit, out space))
            {
                return false;
            }
        }

        for (; target != end; target = batch.NextTarget(target))
        {
            ref PublishItem item = ref batch.ItemOf(target);
            item.WriteHeadTo(space.AddReferring(StoredMessage.HeadBytes, item.SharedStart, item.RestBytes), ttlMs);
        }

        return true;
    }

    private readonly bool IsPersistent(in PublishItem item) => log.IsDurable && (KeepsAll || (item.Head.Flags & MessageFlags.Persistent) != 0);

    private readonly bool Expires(in PublishItem item) => !KeepsAll && (item.Head.ExpiresAtMs != 0 || ttlMs != MessageHead.NoTtl);

    private readonly byte LevelOf(in PublishItem item) => levels?.LevelOf(item.Head.Priority) ?? 0;

    private byte TagOf(byte level, bool expires)
    {
        HasExpiring |= expires;
        return levels is not null ? level : expires ? BatchTag.Expiring : BatchTag.None;
    }
}
