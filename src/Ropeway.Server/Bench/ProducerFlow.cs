namespace Ropeway.Server.Bench;

/// <summary>The windows of one producer; null where there is none.</summary>
/// <param name="Deliveries">Published and not delivered, shared with the consumers (and other producers) of the same queues.</param>
/// <param name="Unconfirmed">Published and not confirmed.</param>
/// <param name="Confirms">Times of the unconfirmed.</param>
internal sealed record ProducerFlow(FlowGate? Deliveries, FlowGate? Unconfirmed, ConfirmTracker? Confirms);
