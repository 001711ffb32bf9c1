namespace Ropeway.Core.Routing;

/// <summary>Bindings whose arguments are compared with the message's headers, one after the other.</summary>
internal sealed class HeadersRouter : Router
{
    private readonly LiveList<Binding> _bindings = new();

    /// <inheritdoc/>
    public override bool IsKeyDecisive => false;

    /// <inheritdoc/>
    public override void Route(in RouteRequest request, RouteResult result)
    {
        ReadOnlySpan<Binding?> bindings = _bindings.Items;
        if (bindings.IsEmpty)
        {
            return;
        }

        HeaderFields fields = result.HeaderFields;
        fields.Read(request.Headers);
        foreach (Binding? binding in bindings)
        {
            if (binding is not null && binding.HeaderPattern.IsMatch(fields, request.Headers))
            {
                result.Add(binding);
            }
        }
    }

    /// <inheritdoc/>
    public override void Add(Binding binding) => _bindings.Add(binding);

    /// <inheritdoc/>
    public override void Remove(Binding binding) => _bindings.Remove(binding);

    /// <inheritdoc/>
    public override string Explain(Binding binding, in RouteRequest request, bool isMatched)
    {
        var fields = new HeaderFields();
        fields.Read(request.Headers);
        bool matches = binding.HeaderPattern.IsMatch(fields, request.Headers);
        return matches == isMatched ? binding.HeaderPattern.Explain(fields, request.Headers) : ChangedMeanwhile;
    }
}
