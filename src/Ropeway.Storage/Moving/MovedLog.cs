namespace Ropeway.Storage;

/// <summary>A log whose records were copied into a file that is not finished yet.</summary>
/// <param name="Log">The log.</param>
/// <param name="FirstEntry">Its first entry in the file's directory.</param>
/// <param name="EntryCount">Entries of it.</param>
/// <param name="Damaged">First offsets of runs that could not be read.</param>
internal sealed record MovedLog(StoredLog Log, int FirstEntry, int EntryCount, IReadOnlyCollection<long> Damaged);
