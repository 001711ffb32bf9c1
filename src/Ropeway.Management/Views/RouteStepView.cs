namespace Ropeway.Management.Views;

/// <summary>One thing that a routing dry run looked at.</summary>
internal sealed record RouteStepView(string Exchange, string Type, RouteBindingView? Binding, string Destination, string DestinationType, bool Matched, string Why);
