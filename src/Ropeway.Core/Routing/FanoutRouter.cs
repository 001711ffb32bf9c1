namespace Ropeway.Core.Routing;

/// <summary>Every binding matches.</summary>
internal sealed class FanoutRouter : Router
{
    private readonly LiveList<Binding> _bindings = new();

    /// <inheritdoc/>
    public override void Route(in RouteRequest request, RouteResult result) => result.AddAll(_bindings);

    /// <inheritdoc/>
    public override void Add(Binding binding) => _bindings.Add(binding);

    /// <inheritdoc/>
    public override void Remove(Binding binding) => _bindings.Remove(binding);

    /// <inheritdoc/>
    public override string Explain(Binding binding, in RouteRequest request, bool isMatched) => isMatched ? "a fanout exchange takes every binding" : ChangedMeanwhile;
}
