using System.Text;
using Ropeway.Core.Topology;

namespace Ropeway.Core.Routing;

/// <summary>
/// The bindings of one exchange, arranged for its type. <see cref="Route"/> is called by any thread without a lock;
/// <see cref="Add"/> and <see cref="Remove"/> by one writer at a time, under the virtual host's gate.
/// </summary>
internal abstract class Router
{
    /// <summary>Why a binding is said not to match that would: it is another one than when the message was routed.</summary>
    protected const string ChangedMeanwhile = "the binding was made or removed while this was found out";

    /// <summary>False when messages with the same routing key may go different ways.</summary>
    public virtual bool IsKeyDecisive => true;

    /// <summary>True when each of a message's keys counts; false when only its own does, or none.</summary>
    public virtual bool TakesEveryKey => false;

    /// <summary>Adds the destinations of all bindings that match.</summary>
    public abstract void Route(in RouteRequest request, RouteResult result);

    /// <summary>Adds a binding that is not there.</summary>
    public abstract void Add(Binding binding);

    /// <summary>Removes a binding that is there.</summary>
    public abstract void Remove(Binding binding);

    /// <summary>Says in words why a binding of this router matches a message or does not.</summary>
    /// <param name="binding">The binding.</param>
    /// <param name="request">What the message was routed by.</param>
    /// <param name="isMatched">What <see cref="Route"/> has found.</param>
    public abstract string Explain(Binding binding, in RouteRequest request, bool isMatched);

    /// <summary>Makes the router of an exchange.</summary>
    public static Router Create(ExchangeSettings settings) => ExchangeArguments.GetRoutingType(settings) switch
    {
        ExchangeType.Direct => new DirectRouter(),
        ExchangeType.Fanout => new FanoutRouter(),
        ExchangeType.Topic => new TopicRouter(),
        ExchangeType.Headers => new HeadersRouter(),
        ExchangeType.ConsistentHash => new ConsistentHashRouter(settings.Arguments),
        ExchangeType.ModulusHash => new ModulusHashRouter(),
        ExchangeType.Random => new RandomRouter(),
        ExchangeType.RecentHistory => new RecentHistoryRouter(settings.Arguments),
        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Type, message: null),
    };

    /// <summary>A key in quotes.</summary>
    protected static string Quote(ReadOnlySpan<byte> key) => $"'{Encoding.UTF8.GetString(key)}'";
}
