using Ropeway.Core.Queues;

namespace Ropeway.Core.Routing.Explaining;

/// <summary>
/// Notes what routing does while it does it, so that an explanation tells of the very walk that found the queues. Belongs to one
/// <see cref="RouteResult"/>; publishers' results have none.
/// </summary>
internal sealed class RouteTrace
{
    private readonly List<RouteVisit> _visits = [];

    /// <summary>The exchanges in the order of the walk.</summary>
    public IReadOnlyList<RouteVisit> Visits => _visits;

    /// <summary>The walk comes to an exchange.</summary>
    public void Enter(Exchange exchange) => _visits.Add(new RouteVisit(exchange));

    /// <summary>A binding of the exchange matched.</summary>
    public void Match(Binding binding) => _visits[^1].Matched.Add(binding);

    /// <summary>The exchange has found a queue by its name.</summary>
    public void Match(Queue queue) => _visits[^1].Named.Add(queue);

    /// <summary>The exchange holds the message back.</summary>
    public void Hold() => _visits[^1].IsHolding = true;

    /// <summary>Nothing matched, and another exchange gets the message.</summary>
    public void Divert(Exchange alternate) => _visits[^1].Alternate = alternate;
}
