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

    /// <inheritdoc/>
    public override string Explain(Binding binding, in RouteRequest request, bool isMatched)
    {
        byte[] wanted = binding.RoutingKeyUtf8;
        if (request.RoutingKey.SequenceEqual(wanted))
        {
            return isMatched ? "the routing key is that of the binding" : ChangedMeanwhile;
        }

        if (isMatched)
        {
            return $"{Quote(wanted)} is among the keys of CC and BCC";
        }

        return request.Copies.AreAny
            ? $"neither the routing key {Quote(request.RoutingKey)} nor a key of CC or BCC is {Quote(wanted)}"
            : $"the routing key is {Quote(request.RoutingKey)}, the binding needs {Quote(wanted)}";
    }
}
