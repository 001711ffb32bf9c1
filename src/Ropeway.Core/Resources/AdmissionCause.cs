namespace Ropeway.Core.Resources;

/// <summary>What the broker is short of, or a virtual host has too much of, while publishers have to wait.</summary>
[Flags]
public enum AdmissionCause
{
    /// <summary>Nothing: publishers may go on.</summary>
    None = 0,

    /// <summary>The process uses more memory than it should.</summary>
    Memory = 1,

    /// <summary>The disk of the data directory is nearly full.</summary>
    Disk = 2,

    /// <summary>The virtual host holds as much as it may.</summary>
    VirtualHost = 4,
}
