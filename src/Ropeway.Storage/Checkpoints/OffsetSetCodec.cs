namespace Ropeway.Storage;

/// <summary>
/// An <see cref="OffsetSet"/> in a checkpoint: u32 entries, each i64 key, i64 full chunks in a row; when that is 0, one chunk's
/// 512-byte bitmap follows.
/// </summary>
internal static class OffsetSetCodec
{
    public static void Write(ByteWriter target, OffsetSet? set)
    {
        target.Int32(set?.EntryCount ?? 0);
        if (set is null)
        {
            return;
        }

        foreach (ref readonly OffsetSetEntry entry in set.Entries)
        {
            target.Int64(entry.Key);
            target.Int64(entry.Bits is null ? entry.Chunks : 0);
            if (entry.Bits is not null)
            {
                foreach (ulong word in entry.Bits)
                {
                    target.UInt64(word);
                }
            }
        }
    }

    /// <summary>Reads a set; null when it is empty.</summary>
    public static OffsetSet? Read(ref ByteReader source)
    {
        int count = source.Int32();
        if (count == 0)
        {
            return null;
        }

        OffsetSet set = new();
        ulong[] bits = new ulong[OffsetSetEntry.ChunkWords];
        for (int i = 0; i < count; i++)
        {
            long first = source.Int64() << OffsetSetEntry.ChunkShift;
            long chunks = source.Int64();
            if (chunks > 0)
            {
                set.AddRange(first, first + (chunks << OffsetSetEntry.ChunkShift));
                continue;
            }

            for (int word = 0; word < bits.Length; word++)
            {
                bits[word] = source.UInt64();
            }

            AddBits(set, first, bits);
        }

        return set;
    }

    private static void AddBits(OffsetSet set, long first, ulong[] bits)
    {
        int from = OffsetSetEntry.Find(bits, 0, set: true);
        while (from < OffsetSetEntry.ChunkOffsets)
        {
            int to = OffsetSetEntry.Find(bits, from, set: false);
            set.AddRange(first + from, first + to);
            from = to == OffsetSetEntry.ChunkOffsets ? to : OffsetSetEntry.Find(bits, to, set: true);
        }
    }
}
