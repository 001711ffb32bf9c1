namespace Ropeway.Core.Limits;

/// <summary>Why a connection may not be opened.</summary>
public enum ConnectionRefusal
{
    /// <summary>It may.</summary>
    None,

    /// <summary>The virtual host has as many as it may have.</summary>
    VirtualHostLimit,

    /// <summary>The user has as many as it may have.</summary>
    UserLimit,
}
