namespace Ropeway.Storage;

/// <summary>Where metadata operations make and delete logs.</summary>
internal interface ILogCatalog
{
    /// <summary>Makes the log unless it is there.</summary>
    void CreateLog(ulong id);

    /// <summary>Takes a log out of the catalog; its content is dropped later under its gate. Unknown ids are ignored.</summary>
    void DeleteLog(ulong id);
}
