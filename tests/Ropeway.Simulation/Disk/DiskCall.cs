namespace Ropeway.Simulation.Disk;

/// <summary>What a program asks the disk for.</summary>
internal enum DiskCall
{
    Create,
    Open,
    Read,
    Write,
    Allocate,
    Sync,
    Rename,
    Delete,
    SyncDirectory,
    List,
}
