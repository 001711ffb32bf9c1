using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ropeway.Core.Routing;

/// <summary>
/// Hash of short byte strings that clients choose. Its seed is random per process, so that nobody can prepare keys that collide;
/// never store a hash.
/// </summary>
internal static class KeyHash
{
    private const ulong First = 0x9E3779B97F4A7C15;
    private const ulong Second = 0xD6E8FEB86659FD93;

    private static readonly ulong Seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>Hash of the bytes.</summary>
    public static ulong Compute(ReadOnlySpan<byte> key)
    {
        ulong hash = Seed ^ (uint)key.Length;
        while (key.Length >= sizeof(ulong))
        {
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(key), First);
            key = key[sizeof(ulong)..];
        }

        ulong tail = 0;
        foreach (byte b in key)
        {
            tail = (tail << 8) | b;
        }

        return Fold(hash ^ tail, Second);
    }

    /// <summary>Hash of the same bytes below a node.</summary>
    public static ulong Combine(ulong hash, long scope) => Fold(hash ^ ((ulong)scope * Second), First);

    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
