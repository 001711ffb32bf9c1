using Ropeway.Storage.Disk;

namespace Ropeway.Storage;

/// <summary>Tests a data directory that no process uses: every checksum of everything that a start would go on with. Nothing is changed.</summary>
public static class StoreVerification
{
    /// <summary>Reads and tests everything.</summary>
    /// <param name="options">Directory, log and clock; the rest is not used.</param>
    /// <exception cref="StoreException">InUse; NewerVersion; Io: there is no store, or the system refused; Damaged: no state can be read.</exception>
    public static StoreReport Run(StoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using DirectoryLock? held = options.Disk is PosixDisk ? DirectoryLock.TakeExisting(Path.Combine(Path.GetFullPath(options.Directory), StoreFiles.Lock)) : null;
        using StoreExamination examination = StoreExamination.Run(options);
        return examination.ToReport();
    }
}
