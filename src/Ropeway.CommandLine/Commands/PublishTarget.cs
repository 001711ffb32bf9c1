namespace Ropeway.CommandLine.Commands;

/// <summary>Where messages are published, and what they have in common.</summary>
/// <param name="Path">The API's path of the exchange.</param>
/// <param name="RoutingKey">The routing key.</param>
/// <param name="Properties">The properties, as a JSON object.</param>
internal sealed record PublishTarget(string Path, string RoutingKey, byte[] Properties);
