namespace Ropeway.Management.Findings;

/// <summary>Something that needs a look. Immutable.</summary>
/// <param name="Reading">What was seen last.</param>
/// <param name="Since">Since when it is so.</param>
internal sealed record Finding(FindingReading Reading, DateTimeOffset Since)
{
    /// <summary>What and where.</summary>
    public FindingKey Key => Reading.Key;

    /// <summary>How much it needs a look.</summary>
    public FindingSeverity Severity => Reading.Severity;
}
