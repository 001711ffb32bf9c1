namespace Ropeway.Simulation;

/// <summary>How the life of a machine ends.</summary>
internal enum Ending
{
    /// <summary>What was not synced is lost, or half of it.</summary>
    PowerCut,

    /// <summary>The process is killed; what was written is there.</summary>
    Kill,

    /// <summary>A call of the disk fails; the process ends because of it.</summary>
    DiskError,

    /// <summary>An orderly stop.</summary>
    CleanStop,
}
