using Ropeway.Messages;

namespace Ropeway.Management.Views;

/// <summary>A queue in an export.</summary>
internal sealed record DefinedQueueView(
    string Name,
    string Vhost,
    bool Durable,
    bool AutoDelete,
    FieldTable Arguments);
