namespace Ropeway.Management.Views;

/// <summary>A queue was deleted with its waiting messages.</summary>
/// <param name="Messages">How many they were.</param>
/// <param name="UndoUntil">Until when it can come back; null when it cannot.</param>
/// <param name="Job">The job whose undo brings it back.</param>
internal sealed record DeletedQueueView(long Messages, DateTimeOffset? UndoUntil, string Job);
