namespace Ropeway.Core.Queues;

/// <summary>What became of the wish to delete a queue.</summary>
public enum QueueCloseStatus
{
    /// <summary>The queue takes and gives no message any more and is about to be deleted.</summary>
    Closed,

    /// <summary>It was closed before.</summary>
    AlreadyClosed,

    /// <summary>It was to be deleted only if unused and has consumers.</summary>
    InUse,

    /// <summary>It was to be deleted only if empty and has messages.</summary>
    NotEmpty,
}
