namespace Ropeway.Core.Queues;

/// <summary>Where a dead letter was before it died for the first time; immutable.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Exchange">Its exchange there, a text or bytes; null when that is not known.</param>
/// <param name="RoutingKey">Its routing key there, a text or bytes; null when that is not known.</param>
internal sealed record DeathOrigin(string Queue, object? Exchange, object? RoutingKey);
