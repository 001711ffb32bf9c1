using Ropeway.Core.Queues;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>Deliveries that a transaction will answer.</summary>
/// <param name="Run">The deliveries.</param>
/// <param name="Resolution">What becomes of them.</param>
internal readonly record struct StagedAnswer(UnackedRun Run, Resolution Resolution);
