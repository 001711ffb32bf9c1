using System.Text.Json.Serialization;
using Ropeway.Messages;

namespace Ropeway.Management.Views;

/// <summary>A queue.</summary>
internal sealed record QueueView(
    string Name,
    string Vhost,
    string Type,
    bool Durable,
    bool AutoDelete,
    bool Exclusive,
    FieldTable Arguments,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Policy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? OperatorPolicy,
    FieldTable EffectivePolicyDefinition,
    FieldTable EffectiveArguments,
    string Node,
    string State,
    string? OutOfService,
    long Messages,
    long MessagesReady,
    long MessagesUnacknowledged,
    long MessagesDelayed,
    long MessagesKept,
    int Consumers,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? ExclusiveConsumerTag,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? SingleActiveConsumerTag,
    IReadOnlyList<ConsumerView>? ConsumerDetails)
{
    /// <summary>What has happened to its messages; null when nothing has.</summary>
    public IReadOnlyDictionary<string, object>? MessageStats { get; init; }

    /// <summary>How fast the number of its messages changes.</summary>
    public required RateView MessagesDetails { get; init; }

    /// <summary>How fast the number of its ready messages changes.</summary>
    public required RateView MessagesReadyDetails { get; init; }

    /// <summary>How fast the number of its held messages changes.</summary>
    public required RateView MessagesUnacknowledgedDetails { get; init; }

    /// <summary>Since when nothing has happened to its messages; null when something does.</summary>
    public string? IdleSince { get; init; }

    /// <summary>Who paused it and why; null when it gives messages away. RabbitMQ has no such field.</summary>
    public PauseView? Paused { get; init; }

    /// <summary>Of a quorum queue, as RabbitMQ 4 tells it: after how many returns a message leaves, a number, or <c>unlimited</c>. Null of other queues.</summary>
    public object? DeliveryLimit { get; init; }

    /// <summary>Deliveries by channel: not counted; null but for a single queue.</summary>
    public IReadOnlyList<string>? Deliveries { get; init; }

    /// <summary>Publishes by exchange: not counted; null but for a single queue.</summary>
    public IReadOnlyList<string>? Incoming { get; init; }
}
