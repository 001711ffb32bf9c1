namespace Ropeway.Core.Routing;

/// <summary>Bindings whose key equals the routing key byte by byte.</summary>
internal sealed class DirectRouter : Router
{
    private readonly KeyBindings _bindings = new();

    /// <inheritdoc/>
    public override bool TakesEveryKey => true;

    /// <inheritdoc/>
    public override void Route(in RouteRequest request, RouteResult result) => _bindings.Route(request.RoutingKey, result);

    /// <inheritdoc/>
    public override void Add(Binding binding) => _bindings.Add(binding.RoutingKeyUtf8, binding);

    /// <inheritdoc/>
    public override void Remove(Binding binding) => _bindings.Remove(binding.RoutingKeyUtf8, binding);
}
