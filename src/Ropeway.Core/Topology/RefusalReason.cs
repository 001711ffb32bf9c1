namespace Ropeway.Core.Topology;

/// <summary>Why an operation was refused; each protocol has its own code for it.</summary>
public enum RefusalReason
{
    /// <summary>Something that was named does not exist.</summary>
    NotFound,

    /// <summary>What exists differs from what was asked for, or a value is not allowed.</summary>
    PreconditionFailed,

    /// <summary>The user may not do this, or nobody may.</summary>
    AccessRefused,

    /// <summary>The queue belongs to another connection.</summary>
    ResourceLocked,

    /// <summary>Not allowed in this state or place, for example a virtual host that the user may not enter.</summary>
    NotAllowed,

    /// <summary>This release cannot do it.</summary>
    NotImplemented,

    /// <summary>The request itself is wrong.</summary>
    CommandInvalid,
}
