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
}
