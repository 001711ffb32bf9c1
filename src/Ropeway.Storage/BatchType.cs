namespace Ropeway.Storage;

/// <summary>What a batch holds. The numbers are on disk: never change one.</summary>
public enum BatchType : byte
{
    /// <summary>No batch: what zeroed memory reads as.</summary>
    None = 0,

    /// <summary>Messages of one log.</summary>
    Messages = 1,

    /// <summary>Ranges of settled offsets of one log.</summary>
    Settle = 2,

    /// <summary>A delivery horizon of one log.</summary>
    Horizon = 3,

    /// <summary>Changes of the metadata.</summary>
    Metadata = 4,

    /// <summary>Names the batches of the group that it ends.</summary>
    GroupDirectory = 5,

    /// <summary>The previous group's directory once more, at the start of the following group.</summary>
    DirectoryCopy = 6,

    /// <summary>Says up to which position everything was durable when the journal went idle.</summary>
    SyncedMark = 7,

    /// <summary>Starts a new epoch: the store was opened.</summary>
    Epoch = 8,

    /// <summary>Fills the rest of a block. Only its header is written and checked.</summary>
    Padding = 9,

    /// <summary>Makes the batches of one unit count. No payload: first offset is the unit's id, count the number of its batches.</summary>
    UnitEnd = 10,

    /// <summary>Marks of unsettled messages of one log.</summary>
    Marks = 11,

    /// <summary>Ranges of offsets of one log that are kept from now on: not unsettled any more, and not deleted.</summary>
    Keep = 12,

    /// <summary>Ranges of kept offsets of one log that are unsettled again.</summary>
    Revive = 13,

    /// <summary>What records of several logs have in common; they refer to it. Of no log and no records.</summary>
    SharedPart = 14,
}
