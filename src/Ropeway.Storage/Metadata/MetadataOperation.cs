namespace Ropeway.Storage;

/// <summary>Operations in a metadata batch. The numbers are on disk: never change one.</summary>
internal enum MetadataOperation : byte
{
    /// <summary>u32 key bytes, u32 value bytes, key, value.</summary>
    Put = 1,

    /// <summary>u32 key bytes, key.</summary>
    Delete = 2,

    /// <summary>u64 log id.</summary>
    CreateLog = 3,

    /// <summary>u64 log id.</summary>
    DeleteLog = 4,
}
