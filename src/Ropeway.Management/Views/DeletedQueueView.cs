namespace Ropeway.Management.Views;

/// <summary>A queue was deleted with its waiting messages, for good.</summary>
internal sealed record DeletedQueueView(long Messages, DateTimeOffset? UndoUntil);
