using Ropeway.Core.Resources;

namespace Ropeway.Management.Tests;

/// <summary>Measurements that are set by hand.</summary>
internal sealed class FakeGauges : IResourceGauges
{
    public long UsedMemoryBytes { get; set; } = 100;

    public long FreeDiskBytes { get; set; } = 900;

    public long? TotalDiskBytes => 1000;

    public string? DiskShortage => null;

    public void ReleaseUnusedMemory()
    {
    }
}
