using Ropeway.Messages;

namespace Ropeway.Core.Topology;

/// <summary>A binding as it was read, its ends not looked up yet.</summary>
/// <param name="Host">The virtual host.</param>
/// <param name="Source">The exchange.</param>
/// <param name="ToQueue">True when the destination is a queue, false for an exchange.</param>
/// <param name="Destination">Its name.</param>
/// <param name="RoutingKey">The key.</param>
/// <param name="Arguments">Null when there are none.</param>
internal sealed record StoredBinding(string Host, string Source, bool ToQueue, string Destination, string RoutingKey, FieldTable? Arguments);
