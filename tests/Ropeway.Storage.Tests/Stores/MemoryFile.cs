namespace Ropeway.Storage.Tests.Stores;

/// <summary>A file of <see cref="MemoryDisk"/>: as programs see it, as it was synced, and the writes between. Guarded by the disk's gate.</summary>
internal sealed class MemoryFile
{
    private byte[] _visible = [];
    private byte[] _durable = [];
    private int _durableCount;

    public int Count { get; private set; }

    public List<(int Position, byte[] Bytes)> Unsynced { get; } = [];

    public Span<byte> Visible => _visible.AsSpan(0, Count);

    public void Extend(int count)
    {
        if (count > Count)
        {
            Grow(ref _visible, count);
            Count = count;
        }
    }

    public void Write(ReadOnlySpan<byte> bytes, int position)
    {
        Extend(position + bytes.Length);
        bytes.CopyTo(_visible.AsSpan(position));
        Unsynced.Add((position, bytes.ToArray()));
    }

    public void Sync()
    {
        Grow(ref _durable, Count);
        _durableCount = Count;
        foreach ((int position, byte[] bytes) in Unsynced)
        {
            bytes.CopyTo(_durable.AsSpan(position));
        }

        Unsynced.Clear();
    }

    /// <summary>What a kill of the process leaves.</summary>
    public MemoryFile Copy()
    {
        MemoryFile copy = new();
        copy.Write(Visible, 0);
        copy.Sync();
        return copy;
    }

    /// <summary>What a power cut leaves: of each unsynced write as many bytes as the function says.</summary>
    public MemoryFile AfterPowerCut(Func<int, int> keptBytes)
    {
        MemoryFile copy = new();
        copy.Write(_durable.AsSpan(0, _durableCount), 0);
        foreach ((int position, byte[] bytes) in Unsynced)
        {
            int kept = keptBytes(bytes.Length);
            if (kept > 0)
            {
                copy.Write(bytes.AsSpan(0, kept), position);
            }
        }

        copy.Sync();
        return copy;
    }

    private static void Grow(ref byte[] array, int count)
    {
        if (array.Length < count)
        {
            Array.Resize(ref array, Math.Max(count, array.Length * 2));
        }
    }
}
