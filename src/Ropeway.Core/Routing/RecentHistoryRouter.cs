using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Routing;

/// <summary>Every binding matches; the last messages are kept, unless their header <c>x-recent-history-no-store</c> is true.</summary>
internal sealed class RecentHistoryRouter(FieldTable? arguments) : Router
{
    private readonly LiveList<Binding> _bindings = new();

    /// <summary>The messages kept.</summary>
    public RecentHistory History { get; } = new(ExchangeArguments.GetHistoryLength(arguments));

    /// <inheritdoc/>
    public override bool IsKeyDecisive => false;

    /// <inheritdoc/>
    public override void Route(in RouteRequest request, RouteResult result)
    {
        result.AddAll(_bindings);
        HeaderFields fields = result.HeaderFields;
        fields.Read(request.Headers);
        int place = fields.Find("x-recent-history-no-store"u8, request.Headers);
        if (place < 0 || fields.Fields[place] is not { Kind: HeaderKind.Boolean, Bits: 1 })
        {
            result.Add(History);
        }
    }

    /// <inheritdoc/>
    public override void Add(Binding binding) => _bindings.Add(binding);

    /// <inheritdoc/>
    public override void Remove(Binding binding) => _bindings.Remove(binding);

    /// <inheritdoc/>
    public override string Explain(Binding binding, in RouteRequest request, bool isMatched) => isMatched ? "a recent-history exchange takes every binding" : ChangedMeanwhile;
}
