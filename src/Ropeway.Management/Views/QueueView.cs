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
    IReadOnlyList<ConsumerView>? ConsumerDetails);
