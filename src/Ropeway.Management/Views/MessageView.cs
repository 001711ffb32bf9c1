using Ropeway.Messages;

namespace Ropeway.Management.Views;

/// <summary>A message that was taken out of a queue.</summary>
internal sealed record MessageView(
    int PayloadBytes,
    bool Redelivered,
    string Exchange,
    string RoutingKey,
    long MessageCount,
    FieldTable Properties,
    string Payload,
    string PayloadEncoding);
