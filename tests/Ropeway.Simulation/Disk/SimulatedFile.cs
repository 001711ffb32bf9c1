using Ropeway.Simulation.Steps;

namespace Ropeway.Simulation.Disk;

/// <summary>A file of a <see cref="SimulatedDisk"/>: as programs see it, as it lies on the medium, and the writes between.</summary>
internal sealed class SimulatedFile
{
    private const int SectorBytes = 512;

    private readonly List<(int Position, byte[] Bytes)> _unsynced = [];
    private byte[] _visible = [];
    private byte[] _durable = [];
    private int _durableCount;
    private bool _isShared; // What is seen and what is durable are one array, as long as nothing is changed.

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Visible => _visible.AsSpan(0, Count);

    public void Resize(int count)
    {
        Part();
        if (count > Count)
        {
            Grow(ref _visible, count);
        }
        else
        {
            _visible.AsSpan(count, Count - count).Clear();
        }

        Count = count;
    }

    public void Write(ReadOnlySpan<byte> bytes, int position)
    {
        if (position + bytes.Length > Count)
        {
            Resize(position + bytes.Length);
        }

        Part();
        bytes.CopyTo(_visible.AsSpan(position));
        _unsynced.Add((position, bytes.ToArray()));
    }

    public void Sync()
    {
        if (_isShared)
        {
            return;
        }

        Grow(ref _durable, Count);
        _durableCount = Count;
        foreach ((int position, byte[] bytes) in _unsynced)
        {
            bytes.CopyTo(_durable.AsSpan(position));
        }

        _unsynced.Clear();
    }

    /// <summary>A sync has failed, as Linux does it: the pages count as written, and are not.</summary>
    public void FailSync() => _unsynced.Clear();

    /// <summary>What a power cut leaves: of the unsynced writes each sector or not.</summary>
    /// <param name="random">Chooses.</param>
    /// <param name="lostCount">Sectors that were lost.</param>
    public SimulatedFile AfterPowerCut(SeededRandom random, ref int lostCount)
    {
        var left = new SimulatedFile { _visible = _durable, Count = _durableCount, _isShared = true }; // The array is taken over: this file is off.
        foreach ((int position, byte[] bytes) in _unsynced)
        {
            int mode = random.Next(4); // Nothing, everything, the beginning, anything.
            int sectors = ((position + bytes.Length - 1) / SectorBytes) - (position / SectorBytes) + 1;
            int keptSectors = mode == 2 ? random.Next(sectors + 1) : sectors;
            for (int start = position; start < position + bytes.Length;)
            {
                int end = Math.Min(position + bytes.Length, ((start / SectorBytes) + 1) * SectorBytes);
                if (mode == 1 || (mode == 2 && keptSectors-- > 0) || (mode == 3 && random.Chance(50)))
                {
                    left.WriteThrough(bytes.AsSpan(start - position, end - start), start);
                }
                else
                {
                    lostCount++;
                }

                start = end;
            }
        }

        left.Settle();
        return left;
    }

    /// <summary>Changes the content as if it had been written and synced so.</summary>
    public void Replace(ReadOnlySpan<byte> content)
    {
        WriteThrough(content, 0);
        Settle();
    }

    private void WriteThrough(ReadOnlySpan<byte> bytes, int position)
    {
        Resize(Math.Max(Count, position + bytes.Length));
        bytes.CopyTo(_visible.AsSpan(position));
    }

    /// <summary>What is seen is durable.</summary>
    private void Settle()
    {
        _unsynced.Clear();
        _durable = _visible;
        _durableCount = Count;
        _isShared = true;
    }

    /// <summary>What is seen is about to change, and what is durable is not.</summary>
    private void Part()
    {
        if (_isShared)
        {
            _visible = _visible.AsSpan().ToArray();
            _isShared = false;
        }
    }

    private static void Grow(ref byte[] array, int count)
    {
        if (array.Length < count)
        {
            Array.Resize(ref array, Math.Max(count, Math.Min(array.Length * 2, count + (64 * 1024))));
        }
    }
}
