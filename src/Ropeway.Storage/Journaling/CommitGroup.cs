namespace Ropeway.Storage.Journaling;

/// <summary>The batches of one group commit. While it is open it belongs to the tail's gate; once cut, to the commit thread alone.</summary>
internal sealed class CommitGroup
{
    /// <summary>The batches that the group's directory will name, in position order. Those before <see cref="WrittenCount"/> are durable already.</summary>
    public List<GroupEntry> Entries { get; } = new(1024);

    /// <summary>The parts of the group's directory, filled by the commit thread after the cut.</summary>
    public List<TailReservation> Directories { get; } = [];

    /// <summary>The same parts once more, lying at the start of the following group.</summary>
    public List<TailReservation> Copies { get; } = [];

    /// <summary>Position from which on the directory names everything.</summary>
    public long CoverStart { get; private set; }

    /// <summary>Position from which on bytes are to be written.</summary>
    public long WriteStart { get; set; }

    public long DataEnd { get; set; }

    public long End { get; set; }

    public ulong LastIndex { get; set; }

    public int Parity { get; private set; }

    public int WrittenCount { get; set; }

    /// <summary>When the first one appended, as a timestamp of the clock.</summary>
    public long OpenedAt { get; set; }

    /// <summary>Whether somebody appended; copies and padding alone are no reason to write.</summary>
    public bool HasWork { get; set; }

    public void Reset(long start, int parity)
    {
        Entries.Clear();
        Directories.Clear();
        Copies.Clear();
        CoverStart = start;
        WriteStart = start;
        DataEnd = start;
        End = start;
        LastIndex = 0;
        Parity = parity;
        WrittenCount = 0;
        HasWork = false;
    }

    /// <summary>Takes over batches that are durable but not named by a directory and its copy.</summary>
    public void Cover(IReadOnlyList<GroupEntry> uncovered, long end)
    {
        Reset(end, parity: 0);
        if (uncovered.Count > 0)
        {
            Entries.AddRange(uncovered);
            CoverStart = uncovered[0].Position;
            WrittenCount = uncovered.Count;
        }
    }
}
