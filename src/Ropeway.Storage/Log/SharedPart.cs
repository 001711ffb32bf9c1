namespace Ropeway.Storage;

/// <summary>
/// Bytes in the journal that records of several durable logs have in common: each log's record is what is its own, and a reference to
/// the rest. Made by <see cref="StoredLog.BeginShared"/>; it can be referred to for a short time only, see <see cref="StoredLog.TryBeginReferring"/>.
/// Nobody owns it: its bytes stay as long as a record refers to them.
/// </summary>
/// <param name="Position">Journal position of its header.</param>
public readonly record struct SharedPart(long Position);
