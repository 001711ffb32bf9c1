namespace Ropeway.Management.Views;

/// <summary>An error as RabbitMQ words it.</summary>
internal sealed record ErrorView(
    string Error,
    string Reason);
