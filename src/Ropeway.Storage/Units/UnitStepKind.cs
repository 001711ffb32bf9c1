namespace Ropeway.Storage;

/// <summary>What a unit did to a log.</summary>
internal enum UnitStepKind : byte
{
    /// <summary>Records are in the log; they are settled when the unit is dropped.</summary>
    Appended,

    /// <summary>Records are to be settled when the unit is complete.</summary>
    Settled,

    /// <summary>Records are to be kept when the unit is complete.</summary>
    Kept,

    /// <summary>A record is to be marked when the unit is complete.</summary>
    Marked,
}
