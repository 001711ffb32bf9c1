namespace Ropeway.Management.Views;

/// <summary>What became of a message that was published.</summary>
internal sealed record RoutedView(
    bool Routed);
