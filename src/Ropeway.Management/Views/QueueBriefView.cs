using Ropeway.Messages;

namespace Ropeway.Management.Views;

/// <summary>A queue without statistics; the counts of messages only where they are asked for.</summary>
internal sealed record QueueBriefView(
    FieldTable Arguments,
    bool AutoDelete,
    bool Durable,
    bool Exclusive,
    long? Messages,
    long? MessagesReady,
    long? MessagesUnacknowledged,
    string Name,
    string Node,
    string State,
    string Type,
    string Vhost);
