namespace Ropeway.CommandLine.Top;

/// <summary>What the user has chosen in <c>ropeway top</c>. Immutable.</summary>
/// <param name="View">What the rows are.</param>
/// <param name="SortIndex">Which of the sortable columns of queues.</param>
/// <param name="IsPaused">Whether values stand still.</param>
internal sealed record TopState(TopView View, int SortIndex, bool IsPaused)
{
    /// <summary>The state behind a key; null when the key ends it.</summary>
    public TopState? After(ConsoleKeyInfo key) => char.ToLowerInvariant(key.KeyChar) switch
    {
        'q' => null,
        'u' => this with { View = TopView.Queues },
        'c' => this with { View = TopView.Connections },
        's' => this with { SortIndex = SortIndex + 1 },
        ' ' => this with { IsPaused = !IsPaused },
        _ when key.Key == ConsoleKey.Escape => null,
        _ => this,
    };
}
