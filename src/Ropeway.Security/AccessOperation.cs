namespace Ropeway.Security;

/// <summary>What somebody wants to do with a queue or an exchange.</summary>
public enum AccessOperation
{
    /// <summary>Make or delete it.</summary>
    Configure,

    /// <summary>Publish or bind to it.</summary>
    Write,

    /// <summary>Consume, purge, or bind from it.</summary>
    Read,
}
