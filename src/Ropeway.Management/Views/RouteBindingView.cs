using Ropeway.Messages;

namespace Ropeway.Management.Views;

/// <summary>The binding that a step of a routing dry run looked at.</summary>
internal sealed record RouteBindingView(string RoutingKey, FieldTable Arguments, string PropertiesKey);
