using Ropeway.Core.Queues.Groups;
using Ropeway.Core.Streams;

namespace Ropeway.Core.Queues;

/// <summary>
/// One subscription of a connection to a queue. Protocols derive from it to keep their own state (tag, credit).
/// </summary>
public abstract class Consumer
{
    /// <summary>Makes a consumer that is not yet added to its queue.</summary>
    protected Consumer(Queue queue, DeliveryTarget target, bool settlesOnDelivery, bool isExclusive)
    {
        Queue = queue;
        Target = target;
        SettlesOnDelivery = settlesOnDelivery;
        IsExclusive = isExclusive;
    }

    /// <summary>Where its messages come from.</summary>
    public Queue Queue { get; }

    /// <summary>The connection that takes its deliveries.</summary>
    public DeliveryTarget Target { get; }

    /// <summary>True when a message counts as settled the moment it is handed to the target ("no-ack").</summary>
    public bool SettlesOnDelivery { get; }

    /// <summary>True when no other consumer may be on the queue.</summary>
    public bool IsExclusive { get; }

    /// <summary>Who it is, for people. Only asked for when a message is traced, with the queue's gate held.</summary>
    public virtual string Holder => "a consumer";

    /// <summary>Those of higher priority get messages as long as they can take them.</summary>
    public int Priority { get; init; }

    /// <summary>Where it begins when the queue is a stream.</summary>
    public StreamStart Start { get; init; }

    /// <summary>Set by the target when it refused or took its last message; guarded by the target's gate. Whoever clears it must wake the consumer.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>Its place when the queue is a stream, from <see cref="Queue.AddConsumer"/> on; guarded by the queue's gate.</summary>
    internal OffsetCursor? Cursor { get; set; }

    /// <summary>Groups of messages that wait for this consumer; made when needed, guarded by the queue's gate.</summary>
    internal HeldGroups? HeldGroups { get; set; }

    /// <summary>Among those the queue offers messages to; guarded by the queue's gate.</summary>
    internal bool IsActive { get; set; }

    /// <summary>Could take messages, but another consumer is the single active one; guarded by the queue's gate.</summary>
    internal bool IsStandingBy { get; set; }

    /// <summary>Taken off its queue for good; guarded by the queue's gate.</summary>
    internal bool IsRemoved { get; set; }
}
