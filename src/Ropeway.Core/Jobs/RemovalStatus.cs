namespace Ropeway.Core.Jobs;

/// <summary>What became of the wish to delete one message.</summary>
public enum RemovalStatus
{
    /// <summary>It is deleted.</summary>
    Done,

    /// <summary>There is none of that number, not any more or not yet.</summary>
    Missing,

    /// <summary>It does not wait: a consumer has it, or it is on its way elsewhere.</summary>
    Held,
}
