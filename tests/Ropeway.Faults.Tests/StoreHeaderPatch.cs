using System.Buffers.Binary;
using Ropeway.TestKit;

namespace Ropeway.Faults.Tests;

/// <summary>Rewrites the 64 octets of the file <c>store</c>: format version at 8, CRC-32C of [0, 60) at 60.</summary>
internal static class StoreHeaderPatch
{
    /// <summary>Makes it the header of a store of a later format, correct in itself.</summary>
    public static void RaiseVersion(Span<byte> header)
    {
        Span<byte> version = header[8..];
        BinaryPrimitives.WriteUInt32LittleEndian(version, BinaryPrimitives.ReadUInt32LittleEndian(version) + 1);
        BinaryPrimitives.WriteUInt32LittleEndian(header[60..], Castagnoli.Compute(header[..60]));
    }
}
