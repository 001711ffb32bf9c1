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
    string? Policy,
    string? OperatorPolicy,
    FieldTable EffectivePolicyDefinition,
    string Node,
    string State,
    long Messages,
    long MessagesReady,
    long MessagesUnacknowledged,
    int Consumers);
