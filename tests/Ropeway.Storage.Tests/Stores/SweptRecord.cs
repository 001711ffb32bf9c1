namespace Ropeway.Storage.Tests.Stores;

/// <summary>What a crash sweep knows of one record.</summary>
/// <param name="AppendIndex">Promised when this is committed.</param>
/// <param name="SettleIndex">Null when it was not settled.</param>
/// <param name="SettleStep">The step that settled it.</param>
internal readonly record struct SweptRecord(ulong AppendIndex, ulong? SettleIndex, int SettleStep)
{
    /// <summary>Not even promised: the unit that appends it has not ended.</summary>
    public const ulong Never = ulong.MaxValue;
}
