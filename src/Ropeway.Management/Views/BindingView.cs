using Ropeway.Messages;

namespace Ropeway.Management.Views;

/// <summary>A binding.</summary>
internal sealed record BindingView(
    string Source,
    string Vhost,
    string Destination,
    string DestinationType,
    string RoutingKey,
    FieldTable Arguments,
    string PropertiesKey);
