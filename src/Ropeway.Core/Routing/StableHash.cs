namespace Ropeway.Core.Routing;

/// <summary>
/// Hash of byte strings that is the same in every process and release, so that messages keep their way over restarts. Not for
/// tables: who chooses the keys can make them collide.
/// </summary>
internal static class StableHash
{
    private const ulong Basis = 0xCBF29CE484222325; // FNV-1a of 64 bits,
    private const ulong Prime = 0x00000100000001B3;
    private const ulong FirstMix = 0xFF51AFD7ED558CCD; // and the last steps of MurmurHash3, which mix all bits.
    private const ulong SecondMix = 0xC4CEB9FE1A85EC53;

    /// <summary>Hash of the bytes.</summary>
    public static ulong Compute(ReadOnlySpan<byte> bytes)
    {
        ulong hash = Basis;
        foreach (byte b in bytes)
        {
            hash = (hash ^ b) * Prime;
        }

        return Mix(hash);
    }

    /// <summary>Hash of two hashes, in this order.</summary>
    public static ulong Combine(ulong first, ulong second) => Mix((first * Prime) ^ second);

    private static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * FirstMix;
        hash = (hash ^ (hash >> 33)) * SecondMix;
        return hash ^ (hash >> 33);
    }
}
