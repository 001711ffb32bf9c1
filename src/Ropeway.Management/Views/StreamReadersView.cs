namespace Ropeway.Management.Views;

/// <summary>Who reads a stream, and from when to when its messages are.</summary>
/// <param name="OldestAt">When its oldest message came; null when there is none or it cannot be read.</param>
/// <param name="NewestAt">When its newest message came; null as above.</param>
/// <param name="Readers">The furthest behind first.</param>
internal sealed record StreamReadersView(DateTimeOffset? OldestAt, DateTimeOffset? NewestAt, IReadOnlyList<StreamReaderView> Readers);
