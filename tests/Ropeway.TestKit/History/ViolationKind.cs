namespace Ropeway.TestKit.History;

/// <summary>The promises a broker can break.</summary>
public enum ViolationKind
{
    /// <summary>A confirmed message that nobody settled was not delivered at the end.</summary>
    Lost,

    /// <summary>A message came again although its ack was covered by a later reply or confirm.</summary>
    SettledCameBack,

    /// <summary>A message was delivered while another live session held or had acknowledged it.</summary>
    DeliveredTwice,

    /// <summary>A message came that was never published to that queue, or that had been returned.</summary>
    Phantom,

    /// <summary>A body was not what had been published.</summary>
    Corrupted,

    /// <summary>First deliveries were not in publish order.</summary>
    Reordered,

    /// <summary>A message that had been delivered before came without <c>redelivered</c>.</summary>
    Unflagged,

    /// <summary>A message that cannot have been delivered before came with <c>redelivered</c>.</summary>
    WronglyFlagged,

    /// <summary>A confirmed declaration or deletion was undone, or a message found no queue.</summary>
    TopologyLost,
}
