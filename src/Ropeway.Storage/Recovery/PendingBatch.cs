using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>A batch that waits for the end of its unit.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Payload">What the state needs of its payload behind the unit's id; of messages only where their bodies are.</param>
/// <param name="Position">Journal position of its header.</param>
internal readonly record struct PendingBatch(BatchHeader Header, byte[] Payload, long Position);
