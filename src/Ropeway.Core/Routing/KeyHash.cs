using System.Buffers.Binary;

namespace Ropeway.Core.Routing;

/// <summary>
/// Hash of short byte strings that clients choose. Its seed is random per process, so that nobody can prepare keys that collide;
/// never store a hash.
/// </summary>
internal static class KeyHash
{
    private const ulong First = 0x9E3779B97F4A7C15;
    private const ulong Second = 0xD6E8FEB86659FD93;

    private static readonly ulong Seed = KeySeed.Draw();

    /// <summary>Hash of the bytes.</summary>
    public static ulong Compute(ReadOnlySpan<byte> key)
    {
        ulong hash = Seed ^ (uint)key.Length; // Which tells apart what the overlapping reads below make equal.
        ReadOnlySpan<byte> rest = key;
        while (rest.Length > sizeof(ulong))
        {
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(rest), First);
            rest = rest[sizeof(ulong)..];
        }

        return Fold(hash ^ ReadLast(key), Second);
    }

    /// <summary>Hash of a row of words from that of the words before and that of one more. The hash of no word is 0.</summary>
    public static ulong Append(ulong hash, ulong wordHash) => Fold(hash ^ wordHash, First);

    /// <summary>The last eight bytes; of a shorter key all of them.</summary>
    private static ulong ReadLast(ReadOnlySpan<byte> key) => key.Length switch
    {
        >= sizeof(ulong) => BinaryPrimitives.ReadUInt64LittleEndian(key[^sizeof(ulong)..]),
        >= sizeof(uint) => BinaryPrimitives.ReadUInt32LittleEndian(key) | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(key[^sizeof(uint)..]) << 32),
        0 => 0,
        _ => (uint)(key[0] | (key[key.Length / 2] << 8) | (key[^1] << 16)),
    };

    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
