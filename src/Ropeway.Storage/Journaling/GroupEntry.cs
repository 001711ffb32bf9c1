namespace Ropeway.Storage.Journaling;

/// <summary>One batch as the group's directory names it.</summary>
/// <param name="Position">Journal position of the batch's header.</param>
/// <param name="BatchBytes">Whole batch in bytes.</param>
/// <param name="Type">What it holds.</param>
/// <param name="LogId">The log concerned.</param>
/// <param name="FirstOffset">Offset of the first record; records of a journal batch have consecutive offsets.</param>
/// <param name="Count">Records in it.</param>
internal readonly record struct GroupEntry(long Position, int BatchBytes, BatchType Type, ulong LogId, long FirstOffset, int Count);
