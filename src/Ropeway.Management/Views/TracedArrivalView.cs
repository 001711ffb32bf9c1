namespace Ropeway.Management.Views;

/// <summary>How a traced message came.</summary>
internal sealed record TracedArrivalView(DateTimeOffset At, string From, string Exchange, string RoutingKey, int BodyBytes);
