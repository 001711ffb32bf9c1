using System.Net;

namespace Ropeway.Server.Bench;

/// <summary>What a run that counts the cost of idle things does.</summary>
/// <param name="Target">The broker.</param>
/// <param name="Kind">Of what it makes many.</param>
/// <param name="Count">How many.</param>
/// <param name="IsDurable">Whether queues are durable.</param>
/// <param name="BrokerProcessId">The broker's process on this machine; 0 when not known.</param>
/// <param name="Json">Whether the result is one JSON object instead of a table.</param>
/// <param name="Sources">Local addresses to connect from, in turn; empty lets the system choose. One address reaches a broker at most as often as there are ephemeral ports.</param>
internal sealed record PopulationOptions(
    AmqpTarget Target, PopulationKind Kind, int Count, bool IsDurable, int BrokerProcessId, bool Json, IReadOnlyList<IPAddress> Sources);
