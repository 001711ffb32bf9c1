namespace Ropeway.Management.Findings;

/// <summary>What a rule sees at a look, when the threshold is reached or nearly so. Immutable.</summary>
/// <param name="Key">What and where.</param>
/// <param name="Severity">How much it needs a look.</param>
/// <param name="Hold">How long it must be over the threshold before it counts.</param>
/// <param name="Text">What is said.</param>
internal sealed record FindingReading(FindingKey Key, FindingSeverity Severity, TimeSpan Hold, FindingText Text)
{
    /// <summary>Whether the threshold is reached; false when only four fifths of it are, which is enough for what counts already.</summary>
    public bool IsOver { get; init; } = true;

    /// <summary>Since when it is so, where that is known better than by looking.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Messages that are concerned.</summary>
    public long Messages { get; init; }

    /// <summary>What the object is.</summary>
    public string Kind { get; init; } = "node";

    /// <summary>Where to go on.</summary>
    public FindingAct? Act { get; init; }

    /// <summary>Whether everybody who sees the virtual host sees this; false for monitoring only.</summary>
    public bool IsOfHost => Key.VirtualHost is not null;
}
