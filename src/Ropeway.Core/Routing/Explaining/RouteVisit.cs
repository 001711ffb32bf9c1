using Ropeway.Core.Queues;

namespace Ropeway.Core.Routing.Explaining;

/// <summary>What one exchange did with a message that was routed with a <see cref="RouteTrace"/>. One owner at a time.</summary>
/// <param name="exchange">The exchange.</param>
internal sealed class RouteVisit(Exchange exchange)
{
    /// <summary>The exchange.</summary>
    public Exchange Exchange => exchange;

    /// <summary>The bindings that matched.</summary>
    public HashSet<Binding> Matched { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>The queues that were found by their names, which only the default exchange does.</summary>
    public HashSet<Queue> Named { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>It holds the message back and has looked at no binding.</summary>
    public bool IsHolding { get; set; }

    /// <summary>Where the message went because nothing matched; null when something did, or when there is no such exchange.</summary>
    public Exchange? Alternate { get; set; }
}
