namespace Ropeway.Storage.Tests.Stores;

/// <summary>What a crash sweep knows of one atomic unit.</summary>
internal sealed class SweptUnit
{
    public required AtomicUnit Unit { get; init; }

    /// <summary>What it appended and did not settle itself.</summary>
    public List<(ulong Log, long Offset)> Appended { get; } = [];

    /// <summary>What it appended and settled.</summary>
    public List<(ulong Log, long Offset)> Consumed { get; } = [];

    /// <summary>What others had appended and nobody had settled when it settled it.</summary>
    public List<(ulong Log, long Offset)> Settled { get; } = [];

    /// <summary>What it kept, unless it was settled already.</summary>
    public List<(ulong Log, long Offset)> Kept { get; } = [];

    /// <summary>The marks that it set, each with a value of its own; 0 removed one.</summary>
    public List<(ulong Log, OffsetMark Mark)> Marked { get; } = [];

    /// <summary>Promised when this is committed.</summary>
    public ulong Index { get; set; } = SweptRecord.Never;

    /// <summary>The step that completed it.</summary>
    public int Step { get; set; } = int.MaxValue;
}
