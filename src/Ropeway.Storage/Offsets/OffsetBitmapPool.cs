namespace Ropeway.Storage;

/// <summary>Spare bitmaps of <see cref="OffsetSet"/> chunks, all zero. Shared by all sets; any thread may call it.</summary>
internal static class OffsetBitmapPool
{
    private const int KeptCountMax = 4096; // 2 MiB.

    private static readonly Lock Gate = new();
    private static readonly Stack<ulong[]> Free = new();

    public static ulong[] Rent()
    {
        lock (Gate)
        {
            if (Free.TryPop(out ulong[]? bits))
            {
                return bits;
            }
        }

        return new ulong[OffsetSetEntry.ChunkWords];
    }

    public static void Return(ulong[] bits)
    {
        Array.Clear(bits);
        lock (Gate)
        {
            if (Free.Count < KeptCountMax)
            {
                Free.Push(bits);
            }
        }
    }
}
