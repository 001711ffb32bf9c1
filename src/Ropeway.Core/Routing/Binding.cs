using System.Text;
using Ropeway.Core.Queues;
using Ropeway.Messages;

namespace Ropeway.Core.Routing;

/// <summary>
/// Sends what an exchange matches to a destination. Immutable; unique by source, destination, routing key and arguments.
/// </summary>
public sealed class Binding
{
    private readonly HeaderPattern? _headerPattern;

    internal Binding(Exchange source, IDestination destination, string routingKey, FieldTable? arguments)
    {
        Source = source;
        Destination = destination;
        RoutingKey = routingKey;
        Arguments = arguments;
        _headerPattern = source.RoutingType == ExchangeType.Headers ? new HeaderPattern(arguments) : null;
    }

    /// <summary>The exchange that this binding belongs to.</summary>
    public Exchange Source { get; }

    /// <summary>A <see cref="Queue"/> or an <see cref="Exchange"/>.</summary>
    public IDestination Destination { get; }

    /// <summary>The key, or the pattern for a topic exchange. Never null.</summary>
    public string RoutingKey { get; }

    /// <summary>The arguments as they were given; null when there are none.</summary>
    public FieldTable? Arguments { get; }

    /// <summary>True when both ends are durable: the binding then survives a restart.</summary>
    public bool Durable => Source.Durable && Destination is Exchange { Durable: true } or Queue { Settings: { Durable: true, Exclusive: false } };

    /// <summary>
    /// The name of the binding among those of the same ends in management: the routing key, with a hash of the arguments behind
    /// a tilde when there are some; a tilde alone when both are empty.
    /// </summary>
    public string PropertiesKey => BindingKey.GetPropertiesKey(this);

    /// <summary>The binding behind this one that has the same destination; see <see cref="BindingChain"/>.</summary>
    internal Binding? Next { get; set; }

    /// <summary>The binding before this one that has the same destination.</summary>
    internal Binding? Previous { get; set; }

    /// <summary>The key's bytes, made anew: most bindings are looked at once.</summary>
    internal byte[] RoutingKeyUtf8 => Encoding.UTF8.GetBytes(RoutingKey);

    /// <summary>For bindings of headers exchanges only.</summary>
    internal HeaderPattern HeaderPattern => _headerPattern!;

    /// <summary>Adds the binding to both ends; messages follow it from now on. Under the virtual host's gate.</summary>
    internal void Connect()
    {
        Source.Outgoing.Add(this);
        IncomingOf(Destination).Add(this);
        Source.Router.Add(this);
    }

    /// <summary>Removes the binding from both ends; messages follow it no more. Under the virtual host's gate.</summary>
    internal void Disconnect()
    {
        Source.Router.Remove(this);
        Source.Outgoing.Remove(this);
        IncomingOf(Destination).Remove(this);
    }

    private static ref BindingChain IncomingOf(IDestination destination)
    {
        if (destination is Exchange exchange)
        {
            return ref exchange.Incoming;
        }

        return ref ((Queue)destination).Incoming;
    }
}
