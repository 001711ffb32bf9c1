namespace Ropeway.Simulation.Disk;

/// <summary>Decides what becomes of each call of a disk. It may throw an <see cref="IOException"/> in its place, and let other work go on meanwhile.</summary>
internal interface IDiskWatcher
{
    /// <summary>A call is about to take effect.</summary>
    void Before(DiskCall call, string path);

    /// <summary>A call fails for want of space.</summary>
    void NoteNoSpace();

    /// <summary>It has taken effect; its caller does not know yet.</summary>
    void After(DiskCall call, string path);
}
