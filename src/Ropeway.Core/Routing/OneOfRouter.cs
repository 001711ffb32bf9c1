using System.Collections.Immutable;
using Ropeway.Core.Queues;

namespace Ropeway.Core.Routing;

/// <summary>Takes one of its bindings, whatever their keys are. Their order does not depend on when they were made.</summary>
internal abstract class OneOfRouter : Router
{
    private ImmutableSortedSet<Binding> _bindings = ImmutableSortedSet.Create<Binding>(new ByDestination());

    /// <inheritdoc/>
    public sealed override void Route(in RouteRequest request, RouteResult result)
    {
        ImmutableSortedSet<Binding> bindings = Volatile.Read(ref _bindings);
        if (bindings.Count > 0)
        {
            result.Add(bindings[Choose(request, bindings.Count)]);
        }
    }

    /// <inheritdoc/>
    public sealed override void Add(Binding binding) => Volatile.Write(ref _bindings, _bindings.Add(binding));

    /// <inheritdoc/>
    public sealed override void Remove(Binding binding) => Volatile.Write(ref _bindings, _bindings.Remove(binding));

    /// <inheritdoc/>
    public sealed override string Explain(Binding binding, in RouteRequest request, bool isMatched)
    {
        int count = Volatile.Read(ref _bindings).Count;
        return isMatched ? $"chosen among {count} by {Chooser}" : $"another one of {count} was chosen by {Chooser}";
    }

    /// <summary>What chooses, in words.</summary>
    protected abstract string Chooser { get; }

    /// <summary>The place of the binding to take, below <paramref name="count"/>.</summary>
    protected abstract int Choose(in RouteRequest request, int count);

    private sealed class ByDestination : IComparer<Binding>
    {
        public int Compare(Binding? x, Binding? y)
        {
            int byKind = (x!.Destination is Queue).CompareTo(y!.Destination is Queue);
            int byName = byKind != 0 ? byKind : string.CompareOrdinal(x.Destination.Name, y.Destination.Name);
            int byKey = byName != 0 ? byName : string.CompareOrdinal(x.RoutingKey, y.RoutingKey);
            return byKey != 0 ? byKey : EncodedTable.EncodeOrdered(x.Arguments).AsSpan().SequenceCompareTo(EncodedTable.EncodeOrdered(y.Arguments));
        }
    }
}
