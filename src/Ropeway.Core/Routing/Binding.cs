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

    internal Binding(Exchange source, IDestination destination, string routingKey, FieldTable? arguments, byte[] key)
    {
        Source = source;
        Destination = destination;
        RoutingKey = routingKey;
        Arguments = arguments;
        Key = key;
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

    /// <summary>The bytes that make this binding unique; also its key among the stored definitions.</summary>
    internal byte[] Key { get; }

    /// <summary>The key's bytes, made anew: most bindings are looked at once.</summary>
    internal byte[] RoutingKeyUtf8 => Encoding.UTF8.GetBytes(RoutingKey);

    /// <summary>For bindings of headers exchanges only.</summary>
    internal HeaderPattern HeaderPattern => _headerPattern!;
}
