namespace Ropeway.Storage.Tests.Disk;

/// <summary>Content of a file of <see cref="FaultyDisk"/>: as programs see it, as it was synced, and the writes between. Guarded by the disk's gate.</summary>
internal sealed class FaultyFile
{
    public byte[] Visible { get; set; } = [];

    public byte[] Durable { get; private set; } = [];

    public List<(long Position, byte[] Bytes)> Unsynced { get; } = [];

    public void MakeDurable()
    {
        Durable = [.. Visible];
        Unsynced.Clear();
    }
}
