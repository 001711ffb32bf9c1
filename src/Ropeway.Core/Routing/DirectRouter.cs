using System.Diagnostics;

namespace Ropeway.Core.Routing;

/// <summary>Bindings whose key equals the routing key byte by byte.</summary>
internal sealed class DirectRouter : Router
{
    private readonly ByteTable<LiveList<Binding>> _byKey = new();

    /// <inheritdoc/>
    public override bool TakesEveryKey => true;

    /// <inheritdoc/>
    public override void Route(in RouteRequest request, RouteResult result)
    {
        if (_byKey.TryGet(request.RoutingKey, out LiveList<Binding>? bindings))
        {
            result.AddAll(bindings);
        }
    }

    /// <inheritdoc/>
    public override void Add(Binding binding)
    {
        byte[] key = binding.RoutingKeyUtf8;
        if (_byKey.TryGet(key, out LiveList<Binding>? bindings))
        {
            bindings.Add(binding);
            return;
        }

        bindings = new LiveList<Binding>();
        bindings.Add(binding); // Before it can be found, so that no reader sees an empty list.
        _byKey.Add(key, bindings);
    }

    /// <inheritdoc/>
    public override void Remove(Binding binding)
    {
        byte[] key = binding.RoutingKeyUtf8;
        if (!_byKey.TryGet(key, out LiveList<Binding>? bindings) || !bindings.Remove(binding))
        {
            throw new UnreachableException("A binding to remove was not in its router.");
        }

        if (bindings.Count == 0)
        {
            _byKey.Remove(key);
        }
    }
}
