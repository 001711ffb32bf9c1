namespace Ropeway.Messages;

/// <summary>What the stored envelope says of a message in one bit each.</summary>
[Flags]
public enum MessageFlags : byte
{
    /// <summary>Nothing set.</summary>
    None = 0,

    /// <summary>The producer asked for persistence (AMQP delivery-mode 2). Where the queue is durable, too, the message survives a restart.</summary>
    Persistent = 1,

    /// <summary>The body lies outside the record, in a body file of its own.</summary>
    ExternalBody = 2,
}
