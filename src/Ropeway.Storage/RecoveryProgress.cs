namespace Ropeway.Storage;

/// <summary>How far recovery has come.</summary>
/// <param name="DoneBytes">Bytes read so far.</param>
/// <param name="TotalBytes">Bytes that there are to read at most.</param>
public readonly record struct RecoveryProgress(long DoneBytes, long TotalBytes);
