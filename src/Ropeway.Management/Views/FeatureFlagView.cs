namespace Ropeway.Management.Views;

/// <summary>A feature that nodes of RabbitMQ agree on.</summary>
internal sealed record FeatureFlagView(
    string Name,
    string Desc,
    string DocUrl,
    string State,
    string Stability,
    string ProvidedBy);
