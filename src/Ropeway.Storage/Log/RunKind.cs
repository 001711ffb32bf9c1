namespace Ropeway.Storage;

/// <summary>Where the batches of a run lie.</summary>
internal enum RunKind : byte
{
    /// <summary>Nowhere: the run is dead and waits to be dropped.</summary>
    None = 0,

    /// <summary>In the journal, and in its tail memory while they are recent.</summary>
    Journal = 1,

    /// <summary>In transient memory only.</summary>
    Transient = 2,

    /// <summary>In a segment file: exactly one batch.</summary>
    Segment = 3,

    /// <summary>In an unsynced spill file of transient messages: exactly one batch.</summary>
    Spill = 4,

    /// <summary>Known to be damaged; its raw bytes, where they could be read, are in the quarantine directory.</summary>
    Damaged = 5,
}
