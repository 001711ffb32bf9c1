using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// What the messages of a publish batch have in common in several durable queues, which is all behind the envelope: journalled once,
/// before the queues get their references to it. Owned by the batch; allocates nothing once it has grown.
/// </summary>
internal sealed class SharedParts(PublishBatch batch)
{
    /// <summary>Shorter messages are copied: the headers of part and references weigh as much.</summary>
    public const int RestBytesMin = 256;

    /// <summary>A batch with more than that is copied: when its last queue gets its references, the first part would be too far back.</summary>
    public const int BytesMax = 512 * 1024;

    /// <summary>Several messages share a part up to this length: who reads one of them from the disk reads the whole part.</summary>
    private const int PartBytesMax = 32 * 1024;

    private readonly List<Part> _parts = [];
    private int[] _takers = new int[64];

    /// <summary>Whether a message is worth it when several durable queues take it.</summary>
    public static bool Suits(in PublishItem item) =>
        item.RestBytes >= RestBytesMin && item.BodyId == 0 && (item.Head.Flags & MessageFlags.Persistent) != 0;

    /// <summary>Begins to count who takes the messages.</summary>
    public void Begin()
    {
        if (_takers.Length < batch.Count)
        {
            _takers = new int[batch.Count * 2];
        }

        Array.Clear(_takers, 0, batch.Count);
    }

    /// <summary>A durable queue takes a message.</summary>
    public void CountTaker(int item) => _takers[item]++;

    /// <summary>Writes the parts, and notes in the messages where they are.</summary>
    /// <param name="log">Any durable log of the store.</param>
    /// <param name="source">The received bytes that items without a block refer to.</param>
    public void Write(StoredLog log, ReadOnlySpan<byte> source)
    {
        int partBytesMax = Math.Min(PartBytesMax, log.BatchBytesMax);
        int end = 0;
        while (end < batch.Count)
        {
            int start = end;
            int bytes = 0;
            for (; end < batch.Count; end++)
            {
                ref PublishItem item = ref batch[end];
                if (_takers[end] < 2 || !Suits(item))
                {
                    continue;
                }

                if (bytes > 0 && bytes + item.RestBytes > partBytesMax)
                {
                    break;
                }

                item.Shared = _parts.Count + 1;
                item.SharedStart = bytes;
                bytes += item.RestBytes;
            }

            if (bytes > 0)
            {
                _parts.Add(new Part(default, start, end, bytes));
                Rewrite(_parts.Count, log, source);
            }
        }
    }

    /// <summary>Where a part lies.</summary>
    /// <param name="number">Its number, from 1.</param>
    public SharedPart Find(int number) => _parts[number - 1].Stored;

    /// <summary>Writes a part anew, because the journal has gone on too far.</summary>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="log">Any durable log of the store.</param>
    /// <param name="source">The received bytes that items without a block refer to.</param>
    public void Rewrite(int number, StoredLog log, ReadOnlySpan<byte> source)
    {
        Part part = _parts[number - 1];
        SharedSpace space = log.BeginShared(part.Bytes);
        for (int i = part.Start; i < part.End; i++)
        {
            ref PublishItem item = ref batch[i];
            if (item.Shared == number)
            {
                item.WriteRestTo(space.Payload.Slice(item.SharedStart, item.RestBytes), source);
            }
        }

        _parts[number - 1] = part with { Stored = space.Complete() };
    }

    /// <summary>Forgets all parts.</summary>
    public void Clear() => _parts.Clear();

    /// <summary>A part: the messages from Start to before End that have its number.</summary>
    private readonly record struct Part(SharedPart Stored, int Start, int End, int Bytes);
}
