namespace Ropeway.Storage;

/// <summary>A finished segment file. Its content never changes; it is deleted when nothing in it is alive and no kept checkpoint lists it.</summary>
internal sealed class Segment
{
    private long _liveCount;

    public Segment(uint id, string path, long bytes, long entryCount, long recordCount)
    {
        EntryCount = entryCount;
        Id = id;
        Path = path;
        Bytes = bytes;
        RecordCount = recordCount;
    }

    public uint Id { get; }

    public string Path { get; }

    public long Bytes { get; }

    /// <summary>Batches in the file.</summary>
    public long EntryCount { get; }

    /// <summary>Records in the file, alive or not.</summary>
    public long RecordCount { get; }

    /// <summary>Records that are not settled. Any thread.</summary>
    public long LiveCount => Interlocked.Read(ref _liveCount);

    /// <returns>How many are left.</returns>
    public long AddLive(long count) => Interlocked.Add(ref _liveCount, count);
}
