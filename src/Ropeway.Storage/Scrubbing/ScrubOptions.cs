namespace Ropeway.Storage;

/// <summary>How the files at rest are tested in the background. Immutable.</summary>
public sealed record ScrubOptions
{
    /// <summary>Bytes a second that are read at most; 0 switches it off. Default 4 MiB.</summary>
    public long BytesPerSecond { get; init; } = 4 * 1024 * 1024;

    /// <summary>Time between the end of a pass and the next one, above 0; the first begins at most an hour after the store was opened. Default a day.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The store's clock.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;
}
