using Ropeway.Core.Queues;

namespace Ropeway.Core.Routing;

/// <summary>Takes bindings of one source for the same when destination, routing key and arguments are, whose order does not count.</summary>
internal sealed class SameBinding : IEqualityComparer<Binding>
{
    /// <summary>The comparer.</summary>
    public static readonly SameBinding Instance = new();

    /// <inheritdoc/>
    public bool Equals(Binding? left, Binding? right) =>
        ReferenceEquals(left, right)
        || (left is not null
            && right is not null
            && ReferenceEquals(left.Destination, right.Destination)
            && left.RoutingKey == right.RoutingKey
            && EncodedTable.EncodeOrdered(left.Arguments).AsSpan().SequenceEqual(EncodedTable.EncodeOrdered(right.Arguments)));

    /// <inheritdoc/>
    public int GetHashCode(Binding binding) => HashCode.Combine(
        binding.Destination.Name,
        binding.Destination is Queue,
        binding.RoutingKey,
        binding.Arguments is { Count: > 0 } arguments ? arguments.GetHashCode() : 0);
}
