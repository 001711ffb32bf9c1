namespace Ropeway.Security;

/// <summary>How a login ended. What the client is told must be the same for all refusals.</summary>
public enum LoginStatus
{
    /// <summary>The user is who it says.</summary>
    Accepted,

    /// <summary>There is no such user, or the password is wrong.</summary>
    WrongCredentials,

    /// <summary>This user may connect from the same machine only.</summary>
    LoopbackOnly,

    /// <summary>Too many failed attempts for this user from this address; nothing was verified.</summary>
    Delayed,

    /// <summary>Too many logins wait to be verified; nothing was verified.</summary>
    Busy,
}
