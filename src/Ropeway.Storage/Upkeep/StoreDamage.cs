namespace Ropeway.Storage;

/// <summary>One damaged thing of a data directory. Immutable.</summary>
public sealed record StoreDamage
{
    /// <summary>Which part it is.</summary>
    public required DamageKind Kind { get; init; }

    /// <summary>The file, relative to the directory; where the range begins when several files are hit.</summary>
    public required string File { get; init; }

    /// <summary>First damaged byte in the file.</summary>
    public required long Position { get; init; }

    /// <summary>Damaged bytes, possibly more than one file has; 0 when the file is not there.</summary>
    public required long Bytes { get; init; }

    /// <summary>What is wrong, in one line without a full stop.</summary>
    public required string Text { get; init; }

    /// <summary>Who loses what; empty when nothing is lost.</summary>
    public IReadOnlyList<DamageVictim> Victims { get; init; } = [];

    /// <summary>False when a start quarantines the victims and serves the rest, or need not care. True when it refuses.</summary>
    public bool IsRefused { get; init; }

    /// <summary>What nobody can name and a repair gives up for good, in words; null when there is no such thing.</summary>
    public string? Loss { get; init; }

    /// <summary>Position in the journal, of damage there.</summary>
    internal long JournalPosition { get; init; }
}
