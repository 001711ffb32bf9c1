namespace Ropeway.Storage;

/// <summary>One entry of a log's run table: records with ascending offsets that lie close together in one place. 32 bytes.</summary>
internal struct Run
{
    /// <summary>Flag: the run is one record with an external body.</summary>
    public const byte External = 1;

    /// <summary>Flag: no batch may be joined to this run.</summary>
    public const byte Closed = 2;

    /// <summary>Flag: records of the run refer to shared parts, which lie in the run, too.</summary>
    public const byte Referring = 4;

    /// <summary>Lowest offset.</summary>
    public long First;

    /// <summary>Position in the journal or in transient memory; in files the file id in the upper, the position in the lower 32 bits.</summary>
    public ulong Where;

    /// <summary>Offsets from <see cref="First"/> to the exclusive end; some of them may be settled or gaps.</summary>
    public uint Span;

    /// <summary>Records that are not settled.</summary>
    public uint Live;

    /// <summary>
    /// Bytes from the header of the first batch, or of the shared part if that lies before it, to the end of the last batch; other logs'
    /// batches may lie between, and a batch of this log that belongs to the run before.
    /// </summary>
    public uint Bytes;

    public RunKind Kind;

    public byte Tag;

    public byte Flags;

    public readonly long End => First + Span;

    public readonly bool IsExternal => (Flags & External) != 0;

    public readonly bool IsReferring => (Flags & Referring) != 0;

    public readonly bool IsDurable => Kind is RunKind.Journal or RunKind.Segment or RunKind.Damaged;

    public readonly bool IsInFile => Kind is RunKind.Segment or RunKind.Spill;

    public readonly uint FileId => (uint)(Where >> 32);

    public readonly long FilePosition => (uint)Where;

    /// <summary>What the flags of a batch of messages mean for its run; both have the same numbers there.</summary>
    public static byte FlagsOf(byte batchFlags) => (byte)(batchFlags & (External | Referring));

    public static ulong InFile(uint fileId, long position) => ((ulong)fileId << 32) | (uint)position;

    /// <summary>True when both are the same bytes in the same place.</summary>
    public readonly bool IsSamePlace(in Run other) => Kind == other.Kind && Where == other.Where && Bytes == other.Bytes;
}
