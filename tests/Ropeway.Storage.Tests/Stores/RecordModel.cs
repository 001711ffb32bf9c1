namespace Ropeway.Storage.Tests.Stores;

/// <summary>What a test knows of one record.</summary>
/// <param name="Bytes">Length of its payload.</param>
/// <param name="Tag">Its batch's tag.</param>
/// <param name="AppendIndex">Durable when this is committed; 0 when it is transient.</param>
/// <param name="SettleIndex">Null when it was not settled.</param>
internal sealed record RecordModel(int Bytes, byte Tag, ulong AppendIndex, ulong? SettleIndex)
{
    /// <summary>Its mark now; 0 when it has none.</summary>
    public ulong Mark { get; init; }

    /// <summary>The mark is durable when this is committed.</summary>
    public ulong MarkIndex { get; init; }

    /// <summary>Whether it is kept now.</summary>
    public bool IsKept { get; init; }

    /// <summary>That it is kept, or not, is durable when this is committed.</summary>
    public ulong KeptIndex { get; init; }
}
