namespace Ropeway.CommandLine.Amqp;

/// <summary>A message that is published. Immutable.</summary>
/// <param name="Exchange">Where to; empty for the default exchange.</param>
/// <param name="RoutingKey">With which key.</param>
/// <param name="Properties">Its properties, encoded.</param>
/// <param name="Body">The whole body.</param>
internal sealed record OutgoingMessage(byte[] Exchange, byte[] RoutingKey, byte[] Properties, byte[] Body)
{
    /// <summary>Whether it comes back when it leads to no queue.</summary>
    public bool IsMandatory { get; init; } = true;
}
