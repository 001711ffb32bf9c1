using Ropeway.Core.Routing;

namespace Ropeway.Core.Tests.Topology;

/// <summary>Compares byte arrays by content.</summary>
internal sealed class ByteArrayComparer : IEqualityComparer<byte[]>
{
    /// <summary>The comparer.</summary>
    public static readonly ByteArrayComparer Instance = new();

    /// <inheritdoc/>
    public bool Equals(byte[]? left, byte[]? right) => left.AsSpan().SequenceEqual(right);

    /// <inheritdoc/>
    public int GetHashCode(byte[] bytes) => (int)KeyHash.Compute(bytes);
}
