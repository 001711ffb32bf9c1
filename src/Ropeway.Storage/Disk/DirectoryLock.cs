using Microsoft.Win32.SafeHandles;

namespace Ropeway.Storage.Disk;

/// <summary>Holds a data directory for the life of this process, so that no second process writes there. The system drops it when the process dies.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private readonly SafeFileHandle _handle;

    private DirectoryLock(SafeFileHandle handle) => _handle = handle;

    /// <summary>Takes the lock without waiting.</summary>
    /// <param name="path">The lock file; created when it does not exist, never deleted.</param>
    /// <exception cref="StoreException">Kind InUse: another process (or another store of this one) holds it. Kind Io: it cannot be opened.</exception>
    public static DirectoryLock Take(string path) => TakeOpened(path, Posix.OpenOrCreate);

    /// <summary>Takes the lock of a directory that is only to be read; its file is not made.</summary>
    /// <param name="path">The lock file.</param>
    /// <returns>Null when there is no such file: then nobody holds it.</returns>
    /// <exception cref="StoreException">As of <see cref="Take"/>.</exception>
    public static DirectoryLock? TakeExisting(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        return TakeOpened(path, static path => Posix.OpenExisting(path, writable: false));
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose() => _handle.Dispose();

    private static DirectoryLock TakeOpened(string path, Func<string, SafeFileHandle> open)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = open(path);
            if (!Posix.TryLock(handle, path))
            {
                handle.Dispose();
                throw new StoreException(StoreFault.InUse, $"The data directory '{Path.GetDirectoryName(path)}' is in use by another process.");
            }

            return new DirectoryLock(handle);
        }
        catch (IOException exception)
        {
            handle?.Dispose();
            throw new StoreException(StoreFault.Io, exception.Message, exception);
        }
    }
}
