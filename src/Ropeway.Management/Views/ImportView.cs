namespace Ropeway.Management.Views;

/// <summary>An import of definitions that has changed something.</summary>
/// <param name="Id">Its name.</param>
/// <param name="At">When it was.</param>
/// <param name="User">Who did it.</param>
/// <param name="Vhost">The one virtual host that it was for; null for all.</param>
/// <param name="Added">Definitions that were not there.</param>
/// <param name="Changed">Definitions that were others.</param>
/// <param name="Deleted">Definitions that are gone since.</param>
/// <param name="UndoUntil">When it is forgotten.</param>
/// <param name="Undone">Whether it was taken back.</param>
internal sealed record ImportView(string Id, DateTimeOffset At, string User, string? Vhost, int Added, int Changed, int Deleted, DateTimeOffset UndoUntil, bool Undone);
