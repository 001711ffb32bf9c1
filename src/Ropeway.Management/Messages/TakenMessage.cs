using Ropeway.Buffers;

namespace Ropeway.Management.Messages;

/// <summary>A message that a request has taken out of a queue.</summary>
/// <param name="Offset">Its number in the queue.</param>
/// <param name="IsRedelivered">Whether it was, or may have been, delivered before.</param>
/// <param name="Exchange">Where it was published, UTF-8.</param>
/// <param name="RoutingKey">Its routing key, UTF-8.</param>
/// <param name="Properties">Its encoded properties.</param>
/// <param name="ReadyCount">How many messages were ready behind it.</param>
/// <param name="Block">Holds the body; the request has a reference.</param>
/// <param name="BodyStart">Start of the body in the block.</param>
/// <param name="BodyBytes">Length of the body.</param>
internal sealed record TakenMessage(
    long Offset,
    bool IsRedelivered,
    byte[] Exchange,
    byte[] RoutingKey,
    byte[] Properties,
    long ReadyCount,
    NativeBlock Block,
    int BodyStart,
    int BodyBytes);
