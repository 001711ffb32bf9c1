using Ropeway.Core.Resources;

namespace Ropeway.Core.Tests.Resources;

/// <summary>Says what it is told to.</summary>
internal sealed class FakeGauges : IResourceGauges
{
    public long UsedMemoryBytes { get; set; }

    public long FreeDiskBytes
    {
        get => IsBroken ? throw new InvalidOperationException("broken") : IsDiskGone ? throw new IOException("stale file handle") : field;
        set;
    } = long.MaxValue;

    public string? DiskShortage { get; set; }

    public bool IsDiskGone { get; set; }

    /// <summary>What the broker does not expect.</summary>
    public bool IsBroken { get; set; }

    /// <summary>What the collector keeps and gives back when it is asked.</summary>
    public long UnusedMemoryBytes { get; set; }

    public int ReleaseCount { get; private set; }

    public void ReleaseUnusedMemory()
    {
        ReleaseCount++;
        UsedMemoryBytes -= UnusedMemoryBytes;
        UnusedMemoryBytes = 0;
    }
}
