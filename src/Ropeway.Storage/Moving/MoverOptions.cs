namespace Ropeway.Storage;

/// <summary>Sizes that the mover works by.</summary>
internal sealed record MoverOptions
{
    public required long JournalFileBytes { get; init; }

    /// <summary>Journal files in use from which on the oldest are emptied.</summary>
    public required int JournalFiles { get; init; }

    public required long TransientBytesMax { get; init; }

    public required ushort Shard { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>A log with that much to move at once gets a file of its own.</summary>
    public long OwnFileBytes { get; init; } = 1024 * 1024;

    /// <summary>A segment is not made larger (but for one log's share).</summary>
    public long FileBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>Segments below this are small.</summary>
    public long SmallFileBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>More small segments than that are merged.</summary>
    public int SmallFileCountMax { get; init; } = 8;

    /// <summary>Bytes of segments that one cycle rewrites at most.</summary>
    public long RewriteBytesMax { get; init; } = 256 * 1024 * 1024;
}
