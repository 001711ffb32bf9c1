using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ropeway.Core.Routing;

/// <summary>Where <see cref="KeyHash"/> gets its seed from, once in the life of the process.</summary>
internal static class KeySeed
{
    /// <summary>A number that nobody can guess. Replaced before the first use by simulations, in which everything must come out the same again.</summary>
    public static Func<ulong> Draw { get; set; } = static () => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
}
