using Ropeway.Core.Queues;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>Consecutive messages of one queue that one consumer held.</summary>
/// <param name="FirstTag">Delivery tag of the first; the others follow.</param>
/// <param name="Queue">Where they belong.</param>
/// <param name="Consumer">Who held them; null for basic.get.</param>
/// <param name="Start">First offset.</param>
/// <param name="End">Offset behind the last.</param>
/// <param name="SinceMs">When the first of its neighbours was delivered, in milliseconds since the Unix epoch.</param>
internal readonly record struct UnackedRun(ulong FirstTag, Queue Queue, AmqpConsumer? Consumer, long Start, long End, long SinceMs)
{
    /// <summary>How many there are.</summary>
    public int Count => (int)(End - Start);
}
