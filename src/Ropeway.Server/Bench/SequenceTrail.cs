using System.Numerics;

namespace Ropeway.Server.Bench;

/// <summary>
/// Which sequence numbers of one producer arrived at one consumer, one bit each, and whether they came in order.
/// One owner at a time: the consumer while it runs, then whoever sums up.
/// </summary>
internal sealed class SequenceTrail
{
    /// <summary>Numbers from here on are not taken: they come from a foreign or damaged message.</summary>
    public const long SequenceMax = 1L << 36;

    private const int PageBits = 16;
    private const int WordBits = 6;
    private const long PageMask = (1L << PageBits) - 1;

    private ulong[]?[] _pages = new ulong[16][];
    private long _last = -1;

    /// <summary>Different numbers seen.</summary>
    public long Count { get; private set; }

    /// <summary>Lowest number seen; <see cref="long.MaxValue"/> when none was.</summary>
    public long Lowest { get; private set; } = long.MaxValue;

    /// <summary>Highest number seen; -1 when none was.</summary>
    public long Highest { get; private set; } = -1;

    /// <summary>Numbers that came again.</summary>
    public long DuplicateCount { get; private set; }

    /// <summary>Numbers that came after a higher one.</summary>
    public long DisorderCount { get; private set; }

    /// <summary>Notes an arrival.</summary>
    /// <param name="sequence">0 to <see cref="SequenceMax"/>, exclusive.</param>
    public void Add(long sequence)
    {
        if (sequence < _last)
        {
            DisorderCount++;
        }

        _last = sequence;
        ulong[] page = PageOf(sequence);
        int word = (int)((sequence & PageMask) >> WordBits);
        ulong bit = 1UL << (int)(sequence & 63);
        if ((page[word] & bit) != 0)
        {
            DuplicateCount++;
            return;
        }

        page[word] |= bit;
        Count++;
        Lowest = Math.Min(Lowest, sequence);
        Highest = Math.Max(Highest, sequence);
    }

    /// <summary>Adds what another consumer of the same queue saw; what both saw counts as duplicates.</summary>
    public void UnionWith(SequenceTrail other)
    {
        DuplicateCount += other.DuplicateCount;
        DisorderCount += other.DisorderCount;
        Lowest = Math.Min(Lowest, other.Lowest);
        Highest = Math.Max(Highest, other.Highest);
        for (int index = 0; index < other._pages.Length; index++)
        {
            if (other._pages[index] is not { } theirs)
            {
                continue;
            }

            ulong[] ours = PageOf((long)index << PageBits);
            for (int word = 0; word < ours.Length; word++)
            {
                DuplicateCount += BitOperations.PopCount(ours[word] & theirs[word]);
                Count += BitOperations.PopCount(~ours[word] & theirs[word]);
                ours[word] |= theirs[word];
            }
        }
    }

    /// <summary>How many numbers from 0 to <paramref name="sentCount"/>, exclusive, never arrived.</summary>
    public long MissingOf(long sentCount) => Math.Max(0, sentCount - Count);

    /// <summary>How many numbers between the lowest and the highest that arrived are holes.</summary>
    public long Holes => Count == 0 ? 0 : Highest - Lowest + 1 - Count;

    private ulong[] PageOf(long sequence)
    {
        int index = (int)(sequence >> PageBits);
        if (index >= _pages.Length)
        {
            Array.Resize(ref _pages, Math.Max(index + 1, _pages.Length * 2));
        }

        return _pages[index] ??= new ulong[1 << (PageBits - WordBits)];
    }
}
