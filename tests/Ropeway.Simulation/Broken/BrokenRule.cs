using Ropeway.Simulation.Disk;

namespace Ropeway.Simulation.Broken;

/// <summary>A rule of the store that is broken on purpose, to see that the simulation notices. The store itself is not changed: a disk does as if it were.</summary>
/// <param name="Name">The rule.</param>
/// <param name="MakeDisk">Makes the disk.</param>
internal sealed record BrokenRule(string Name, Func<IDiskWatcher, SimulatedDisk> MakeDisk)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<BrokenRule> All { get; } =
    [
        new("no sync before a confirm", watcher => new UnsyncedDisk(watcher)),
        new("no sync of directories", watcher => new NamelessDisk(watcher)),
        new("no look at checksums", watcher => new UncheckedDisk(watcher)),
        new("the journal cut too early", watcher => new ShortenedDisk(watcher)),
        new("settlements lost", watcher => new UnsettledDisk(watcher)),
    ];
}
