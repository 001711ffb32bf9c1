using Ropeway.Messages;

namespace Ropeway.Core.Tests.Queues;

/// <summary>One message as its receiver saw it.</summary>
internal sealed record RecordedDelivery(TestConsumer? Consumer, long Offset, string Body, bool Redelivered)
{
    public string Exchange { get; init; } = string.Empty;

    public string RoutingKey { get; init; } = string.Empty;

    public FieldTable Headers { get; init; } = [];

    public long DeliveryCount { get; init; }

    public string Expiration { get; init; } = string.Empty;

    /// <summary>The entries of x-death, the newest first.</summary>
    public FieldTable[] Deaths => Headers.TryGet("x-death", out object? deaths) ? [.. ((FieldArray)deaths!).OfType<FieldTable>()] : [];
}
