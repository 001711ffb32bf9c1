namespace Ropeway.Storage;

/// <summary>Why a store cannot be opened or used.</summary>
public enum StoreFault
{
    /// <summary>Another process holds the data directory.</summary>
    InUse,

    /// <summary>The files were written by a newer version of this software.</summary>
    NewerVersion,

    /// <summary>The files are damaged in a way that no quarantine can contain. Nothing was changed.</summary>
    Damaged,

    /// <summary>The operating system refused an operation.</summary>
    Io,

    /// <summary>A newer epoch has taken over; this writer must stop.</summary>
    Sealed,
}
