using System.Buffers.Binary;
using System.Numerics;

namespace Ropeway.TestKit;

/// <summary>CRC-32C, computed here and not by the broker's code, so that both cannot be wrong in the same way.</summary>
public static class Castagnoli
{
    /// <summary>The CRC of the bytes.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xFFFF_FFFF;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte last in bytes)
        {
            crc = BitOperations.Crc32C(crc, last);
        }

        return ~crc;
    }
}
