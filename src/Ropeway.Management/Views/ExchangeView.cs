using Ropeway.Messages;

namespace Ropeway.Management.Views;

/// <summary>An exchange.</summary>
internal sealed record ExchangeView(
    string Name,
    string Vhost,
    string Type,
    bool Durable,
    bool AutoDelete,
    bool Internal,
    FieldTable Arguments);
