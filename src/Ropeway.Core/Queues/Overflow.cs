namespace Ropeway.Core.Queues;

/// <summary>What a queue does that has reached its length limit (x-overflow).</summary>
public enum Overflow
{
    /// <summary>Drops its oldest ready messages; they are dead-lettered when there is an exchange for that.</summary>
    DropHead,

    /// <summary>Refuses new messages; their publishers get a negative confirm.</summary>
    RejectPublish,

    /// <summary>As <see cref="RejectPublish"/>, and the refused messages are dead-lettered.</summary>
    RejectPublishDlx,
}
