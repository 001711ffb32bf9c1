namespace Ropeway.TestKit.Images;

/// <summary>What became of writes that were not synced when the power failed.</summary>
internal enum ImageMode
{
    /// <summary>All are gone.</summary>
    Lost,

    /// <summary>All have arrived.</summary>
    Kept,

    /// <summary>Each has arrived or not, whatever their order.</summary>
    Reordered,

    /// <summary>Of each, each sector of 512 octets has arrived or not.</summary>
    TornBySector,

    /// <summary>Of each, each page of 4 KiB has arrived or not.</summary>
    TornByPage,
}
