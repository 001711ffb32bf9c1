using Ropeway.Core.Routing.Explaining;

namespace Ropeway.Core.Routing;

/// <summary>
/// Bindings whose pattern matches the routing key word by word. A pattern without wildcards is a key like any other; only those with
/// wildcards cost a walk.
/// </summary>
internal sealed class TopicRouter : Router
{
    private readonly KeyBindings _keys = new();
    private readonly TopicTrie _patterns = new();

    /// <inheritdoc/>
    public override bool TakesEveryKey => true;

    /// <inheritdoc/>
    public override void Route(in RouteRequest request, RouteResult result)
    {
        _keys.Route(request.RoutingKey, result);
        _patterns.Route(request.RoutingKey, result);
    }

    /// <inheritdoc/>
    public override void Add(Binding binding)
    {
        byte[] pattern = binding.RoutingKeyUtf8;
        if (TopicWords.HasWildcard(pattern))
        {
            _patterns.Add(pattern, binding);
        }
        else
        {
            _keys.Add(pattern, binding);
        }
    }

    /// <inheritdoc/>
    public override void Remove(Binding binding)
    {
        byte[] pattern = binding.RoutingKeyUtf8;
        if (TopicWords.HasWildcard(pattern))
        {
            _patterns.Remove(pattern, binding);
        }
        else
        {
            _keys.Remove(pattern, binding);
        }
    }

    /// <inheritdoc/>
    public override string Explain(Binding binding, in RouteRequest request, bool isMatched)
    {
        byte[] pattern = binding.RoutingKeyUtf8;
        string? problem = TopicReason.Find(pattern, request.RoutingKey);
        if (isMatched)
        {
            return problem is null ? $"key {Quote(request.RoutingKey)} matches the pattern" : "a key of CC or BCC matches the pattern";
        }

        string rest = request.Copies.AreAny ? "; no key of CC or BCC matches either" : string.Empty;
        return problem is null ? ChangedMeanwhile : problem + rest;
    }
}
