namespace Ropeway.Storage.Tests.Stores;

/// <summary>What a test knows of one log.</summary>
internal sealed class LogModel
{
    public required ulong Id { get; init; }

    /// <summary>Records by offset that are not surely gone.</summary>
    public SortedDictionary<long, RecordModel> Records { get; } = [];

    public long End { get; set; }

    public long Horizon { get; set; }

    public ulong HorizonIndex { get; set; }

    /// <summary>The index that made the log.</summary>
    public ulong CreateIndex { get; init; }
}
