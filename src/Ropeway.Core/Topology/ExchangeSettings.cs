using Ropeway.Core.Routing;
using Ropeway.Messages;

namespace Ropeway.Core.Topology;

/// <summary>What an exchange is declared with; immutable.</summary>
/// <param name="Name">At most 255 bytes of UTF-8.</param>
/// <param name="Type">How it routes; <see cref="ExchangeTypes.Parse"/> reads the protocol's name.</param>
/// <param name="Durable">True to survive a restart.</param>
/// <param name="AutoDelete">True to delete it with the last binding of which it is the source.</param>
/// <param name="Internal">True when publishers may not send to it.</param>
/// <param name="Arguments">Null when there are none.</param>
public sealed record ExchangeSettings(string Name, ExchangeType Type, bool Durable, bool AutoDelete, bool Internal, FieldTable? Arguments)
{
    /// <summary>The exchange that the arguments name for what matches nothing; null when they name none.</summary>
    public string? AlternateExchange =>
        Arguments is not null && Arguments.TryGetString(ArgumentNames.AlternateExchange, out string? exchange) ? exchange : null;
}
