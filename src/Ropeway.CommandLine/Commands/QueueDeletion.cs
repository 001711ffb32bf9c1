namespace Ropeway.CommandLine.Commands;

/// <summary>Under which conditions a queue is deleted.</summary>
/// <param name="IfExists">It is no error when it is not there.</param>
/// <param name="IfEmpty">Only without messages.</param>
/// <param name="IfUnused">Only without consumers.</param>
/// <param name="IsAsking">Whether the name has to be typed.</param>
internal sealed record QueueDeletion(bool IfExists, bool IfEmpty, bool IfUnused, bool IsAsking);
