using System.Numerics;
using System.Runtime.InteropServices;

namespace Ropeway.Buffers;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4), by the processor's instruction where it has one.</summary>
public static class Crc32C
{
    /// <summary>The CRC of <paramref name="bytes"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => ~Append(0xFFFF_FFFF, bytes);

    /// <summary>The CRC of eight bytes holding <paramref name="seed"/> in little-endian order, followed by <paramref name="bytes"/>.</summary>
    /// <remarks>The store seeds with a position, so that a block found at another place does not validate.</remarks>
    public static uint Compute(ulong seed, ReadOnlySpan<byte> bytes) => ~Append(BitOperations.Crc32C(0xFFFF_FFFF, seed), bytes);

    private static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes); // Unaligned reads are fine on x64 and arm64.
        foreach (ulong word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return crc;
    }
}
