namespace Ropeway.Management.Views;

/// <summary>A script that RabbitMQ's user interface loads.</summary>
internal sealed record ExtensionView(
    string Javascript);
