namespace Ropeway.Storage;

/// <summary>Answer of <see cref="LogReader.TryRead"/>.</summary>
public enum ReadStatus
{
    /// <summary>The offset holds nothing to deliver: settled, a gap, or past the end.</summary>
    Gone = 0,

    /// <summary>The record is in memory and was handed out.</summary>
    Found = 1,

    /// <summary>The record is on disk only: call <see cref="LogReader.Load"/> and try again afterwards.</summary>
    Cold = 2,

    /// <summary>The record cannot be read back; the log is quarantined.</summary>
    Damaged = 3,
}
