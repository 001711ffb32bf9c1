using System.Numerics;

namespace Ropeway.Storage;

/// <summary>
/// One entry of an <see cref="OffsetSet"/>: either any number of chunks in a row that are full (<see cref="Bits"/> is null), or a
/// single chunk with a bitmap that is neither empty nor full. A chunk is 4,096 offsets; its key is the offset divided by that.
/// </summary>
internal struct OffsetSetEntry
{
    public const int ChunkShift = 12;
    public const int ChunkOffsets = 1 << ChunkShift;
    public const int ChunkWords = ChunkOffsets / 64;

    public long Key;
    public long Chunks;
    public ulong[]? Bits;
    public int BitCount;

    public readonly long EndKey => Key + Chunks;

    public readonly long Count => Bits is null ? Chunks << ChunkShift : BitCount;

    public static OffsetSetEntry Full(long key, long endKey) => new() { Key = key, Chunks = endKey - key };

    /// <summary>Sets or clears the bits [from, to) of a bitmap; returns how many changed.</summary>
    public static int Write(ulong[] bits, int from, int to, bool set)
    {
        int changed = 0;
        for (int word = from >> 6; word << 6 < to; word++)
        {
            ulong mask = Mask(word, from, to);
            ulong old = bits[word];
            changed += BitOperations.PopCount(set ? mask & ~old : mask & old);
            bits[word] = set ? old | mask : old & ~mask;
        }

        return changed;
    }

    /// <summary>How many of the bits [from, to) are set.</summary>
    public static int CountIn(ulong[] bits, int from, int to)
    {
        int count = 0;
        for (int word = from >> 6; word << 6 < to; word++)
        {
            count += BitOperations.PopCount(bits[word] & Mask(word, from, to));
        }

        return count;
    }

    /// <summary>The first bit at or behind <paramref name="from"/> that is set (or clear); the chunk's end when there is none.</summary>
    public static int Find(ulong[] bits, int from, bool set)
    {
        int word = from >> 6;
        ulong mask = ulong.MaxValue << (from & 63);
        while (word < ChunkWords)
        {
            ulong hits = (set ? bits[word] : ~bits[word]) & mask;
            if (hits != 0)
            {
                return (word << 6) + BitOperations.TrailingZeroCount(hits);
            }

            mask = ulong.MaxValue;
            word++;
        }

        return ChunkOffsets;
    }

    private static ulong Mask(int word, int from, int to)
    {
        int low = Math.Max(from - (word << 6), 0);
        int high = Math.Min(to - (word << 6), 64);
        ulong upTo = high == 64 ? ulong.MaxValue : (1UL << high) - 1;
        return upTo & (ulong.MaxValue << low);
    }
}
