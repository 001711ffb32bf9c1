using Ropeway.Messages;

namespace Ropeway.Management.Views;

/// <summary>A binding in an export.</summary>
internal sealed record DefinedBindingView(
    string Source,
    string Vhost,
    string Destination,
    string DestinationType,
    string RoutingKey,
    FieldTable Arguments);
