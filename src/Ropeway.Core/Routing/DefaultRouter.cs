using System.Diagnostics;
using Ropeway.Core.Queues;

namespace Ropeway.Core.Routing;

/// <summary>The default exchange: every queue is bound with its own name, and nothing else can be.</summary>
/// <param name="queues">The virtual host's queues by name.</param>
internal sealed class DefaultRouter(NameTable<Queue> queues) : Router
{
    /// <inheritdoc/>
    public override bool TakesEveryKey => true;

    /// <inheritdoc/>
    public override void Route(in RouteRequest request, RouteResult result)
    {
        if (queues.TryGet(request.RoutingKey, out Queue? queue))
        {
            result.Add(queue);
        }
        else
        {
            result.IsKeyDecisive = false; // A queue of that name may come, which changes no version.
        }
    }

    /// <inheritdoc/>
    public override void Add(Binding binding) => throw new UnreachableException("The default exchange has no bindings of its own.");

    /// <inheritdoc/>
    public override void Remove(Binding binding) => throw new UnreachableException("The default exchange has no bindings of its own.");

    /// <inheritdoc/>
    public override string Explain(Binding binding, in RouteRequest request, bool isMatched) => throw new UnreachableException("The default exchange has no bindings of its own.");
}
