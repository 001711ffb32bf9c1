namespace Ropeway.Storage;

/// <summary>What is to be emptied so that damage in it matters no more.</summary>
/// <param name="JournalBelow">The journal below this position, the start of a file; 0 for nothing of it.</param>
/// <param name="Segments">These segments.</param>
internal sealed record Evacuation(long JournalBelow, IReadOnlySet<uint> Segments)
{
    public static Evacuation None { get; } = new(0, new HashSet<uint>());

    public bool IsNone => JournalBelow == 0 && Segments.Count == 0;

    public Evacuation With(Evacuation other) => new(Math.Max(JournalBelow, other.JournalBelow), new HashSet<uint>([.. Segments, .. other.Segments]));
}
