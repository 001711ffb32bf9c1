namespace Ropeway.Core.Tracing;

/// <summary>How a message came into a queue that its publisher did not send it to.</summary>
public enum StayOriginKind
{
    /// <summary>As a dead letter.</summary>
    Dead,

    /// <summary>It had waited for its time.</summary>
    Delayed,

    /// <summary>A job moved it.</summary>
    Moved,

    /// <summary>It is the copy that a job made.</summary>
    Copied,

    /// <summary>A job sent the dead letter back.</summary>
    Redriven,
}
