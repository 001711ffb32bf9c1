using System.Text;
using Ropeway.Core.Policies;
using Ropeway.Core.Statistics;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Routing;

/// <summary>
/// Routes messages to the destinations of its bindings. Made and changed by its <see cref="VirtualHost"/>; any thread may route
/// and read the properties.
/// </summary>
public sealed class Exchange : IDestination
{
    private readonly VirtualHost _host;
    private volatile byte[]? _alternateUtf8;
    private BindingChain _incoming; // Mutable struct; this object is its only owner.
    private ObjectCounters? _counters; // Made with the first message.

    internal Exchange(VirtualHost host, ExchangeSettings settings, Router router)
    {
        _host = host;
        Settings = settings;
        Router = router;
        _alternateUtf8 = settings.AlternateExchange is { } alternate ? Encoding.UTF8.GetBytes(alternate) : null;
        RoutingType = ExchangeArguments.GetRoutingType(settings);
    }

    /// <inheritdoc/>
    public string Name => Settings.Name;

    /// <summary>What it was declared as.</summary>
    public ExchangeType Type => Settings.Type;

    /// <summary>How it chooses its bindings: its type, or that which a delayed exchange was declared with.</summary>
    public ExchangeType RoutingType { get; }

    /// <summary>True when it survives a restart.</summary>
    public bool Durable => Settings.Durable;

    /// <summary>True when it is deleted with the last binding of which it is the source.</summary>
    public bool AutoDelete => Settings.AutoDelete;

    /// <summary>True when only other exchanges may send to it; a publisher is refused.</summary>
    public bool Internal => Settings.Internal;

    /// <summary>The arguments as declared; null when there are none.</summary>
    public FieldTable? Arguments => Settings.Arguments;

    /// <summary>Everything it was declared with.</summary>
    public ExchangeSettings Settings { get; }

    /// <summary>What was published to it and where that went; null when nothing was. Any thread.</summary>
    public ObjectCounters? Counters => Volatile.Read(ref _counters);

    /// <summary>The virtual host it belongs to.</summary>
    public VirtualHost Host => _host;

    /// <summary>The exchange that gets what matches nothing here, by its arguments or a policy; null for none. It need not exist.</summary>
    public string? AlternateName => _alternateUtf8 is { } name ? Encoding.UTF8.GetString(name) : null;

    /// <summary>True for the exchange without name, to which every queue is bound with its own name.</summary>
    public bool IsDefault => Name.Length == 0;

    /// <summary>The bindings for reading.</summary>
    internal Router Router { get; }

    /// <summary>Bindings of which this is the source. Under the virtual host's gate.</summary>
    internal HashSet<Binding> Outgoing { get; } = new(SameBinding.Instance);

    /// <summary>Bindings of which this is the destination. Under the virtual host's gate.</summary>
    internal ref BindingChain Incoming => ref _incoming;

    /// <summary>Counts messages that were published to it: one call for many. Any thread.</summary>
    /// <param name="published">Messages.</param>
    /// <param name="routed">Copies of them that queues got.</param>
    /// <param name="unroutable">Those among them that led to no queue.</param>
    public void Count(long published, long routed, long unroutable)
    {
        ObjectCounters counters = Counters ?? BeginCounting();
        counters.AddShared(MessageEvent.Published, published);
        if (routed > 0)
        {
            counters.AddShared(MessageEvent.Routed, routed);
        }

        if (unroutable > 0)
        {
            counters.AddShared(MessageEvent.Unroutable, unroutable);
        }
    }

    /// <summary>Takes the alternate exchange from policies unless the arguments name one.</summary>
    /// <returns>False when nothing has changed.</returns>
    internal bool Apply(EffectivePolicy policy)
    {
        if (Settings.AlternateExchange is not null)
        {
            return false;
        }

        byte[]? previous = _alternateUtf8;
        string? alternate = policy.User?.Settings.GetValueOrDefault(ArgumentNames.AlternateExchange) as string;
        _alternateUtf8 = alternate is null ? null : Encoding.UTF8.GetBytes(alternate);
        return !previous.AsSpan().SequenceEqual(_alternateUtf8) || previous is null != alternate is null;
    }

    /// <summary>
    /// Adds the queues that a message goes to, over any exchanges between. An exchange on the way that matches nothing passes the
    /// message to its alternate exchange, when it has one. No lock, no allocation once the result has grown.
    /// </summary>
    /// <param name="request">What the message is routed by.</param>
    /// <param name="result">Is not cleared, so that a message with several keys collects its queues in one result.</param>
    /// <remarks>
    /// To cache a result take <see cref="VirtualHost.TopologyVersion"/> before routing and compare it before using the result again.
    /// Do not cache a result whose <see cref="RouteResult.IsKeyDecisive"/> is false, nor that of a message with
    /// <see cref="RouteRequest.Copies"/>, or that <see cref="RouteRequest.IsDelayed"/>.
    /// </remarks>
    public void Route(in RouteRequest request, RouteResult result)
    {
        result.BeginWalk(this);
        for (int place = 0; result.TryGetVisit(place, out Exchange exchange); place++)
        {
            result.Trace?.Enter(exchange);
            if (request.IsDelayed && exchange.Type == ExchangeType.DelayedMessage)
            {
                result.Delay(exchange);
                result.Trace?.Hold();
                continue;
            }

            long matchCount = result.MatchCount;
            exchange.Router.Route(request, result);
            if (exchange.Router.TakesEveryKey)
            {
                foreach (ReadOnlySpan<byte> key in request.Copies)
                {
                    exchange.Router.Route(request.WithKey(key), result);
                }
            }

            if (!exchange.Router.IsKeyDecisive)
            {
                result.IsKeyDecisive = false;
            }

            if (result.MatchCount == matchCount
                && exchange._alternateUtf8 is { } alternateUtf8
                && _host.TryGetExchange(alternateUtf8, out Exchange? alternate))
            {
                result.Visit(alternate);
                result.Trace?.Divert(alternate);
            }
        }
    }

    private ObjectCounters BeginCounting()
    {
        Interlocked.CompareExchange(ref _counters, new ObjectCounters(this, _host), comparand: null);
        return _counters!;
    }
}
