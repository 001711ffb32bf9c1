namespace Ropeway.Transport;

/// <summary>What a connection does after its session has consumed.</summary>
public enum ConsumeStatus
{
    /// <summary>Read on.</summary>
    Continue,

    /// <summary>
    /// Read nothing until <see cref="IConnection.Resume"/>, then consume again, also when nothing new came. A peer that closes
    /// meanwhile is noticed after the resume, or when something is sent to it.
    /// </summary>
    Paused,

    /// <summary>Send what the outbox holds, then close.</summary>
    Close,
}
