namespace Ropeway.Storage.Disk;

/// <summary>The file system as the store uses it, so that tests and simulations can fail, delay and tear it. Any thread may call it.</summary>
/// <remarks>Every failure is an <see cref="IOException"/> whose text names the call, the path and the error.</remarks>
internal interface IDisk
{
    /// <summary>Creates a file that does not exist yet, mode 0600, for reading and writing.</summary>
    IDiskFile Create(string path);

    /// <summary>Opens an existing file.</summary>
    IDiskFile Open(string path, bool writable);

    bool Exists(string path);

    /// <summary>Names (without directory) of the files and directories in a directory, in no order.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>Creates a directory, mode 0700, unless it exists; its parents must exist.</summary>
    void CreateDirectory(string path);

    /// <summary>Renames atomically; an existing target is replaced. Durable after <see cref="SyncDirectory"/>.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file. Durable after <see cref="SyncDirectory"/>.</summary>
    void Delete(string path);

    void SyncDirectory(string path);
}
