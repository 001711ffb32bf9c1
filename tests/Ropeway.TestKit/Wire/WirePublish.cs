namespace Ropeway.TestKit.Wire;

/// <summary>Where a message is published to.</summary>
/// <param name="Exchange">Exchange name; empty is the default exchange.</param>
/// <param name="RoutingKey">Routing key.</param>
/// <param name="IsMandatory">The broker returns it when no queue takes it.</param>
/// <param name="IsTransient">Delivery mode 1 in place of 2.</param>
public readonly record struct WirePublish(string Exchange, string RoutingKey, bool IsMandatory = false, bool IsTransient = false);
