namespace Ropeway.Core.Tests.Queues;

/// <summary>One message as its receiver saw it.</summary>
internal sealed record RecordedDelivery(TestConsumer? Consumer, long Offset, string Body, bool Redelivered);
