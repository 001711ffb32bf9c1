namespace Ropeway.Core.Routing;

/// <summary>
/// The bindings of one exchange, arranged for its type. <see cref="Route"/> is called by any thread without a lock;
/// <see cref="Add"/> and <see cref="Remove"/> by one writer at a time, under the virtual host's gate.
/// </summary>
internal abstract class Router
{
    /// <summary>True when the routing key alone does not decide.</summary>
    public virtual bool DependsOnHeaders => false;

    /// <summary>Adds the destinations of all bindings that match.</summary>
    public abstract void Route(in RouteRequest request, RouteResult result);

    /// <summary>Adds a binding that is not there.</summary>
    public abstract void Add(Binding binding);

    /// <summary>Removes a binding that is there.</summary>
    public abstract void Remove(Binding binding);

    /// <summary>Makes the router of a type.</summary>
    public static Router Create(ExchangeType type) => type switch
    {
        ExchangeType.Direct => new DirectRouter(),
        ExchangeType.Fanout => new FanoutRouter(),
        ExchangeType.Topic => new TopicRouter(),
        ExchangeType.Headers => new HeadersRouter(),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, message: null),
    };
}
