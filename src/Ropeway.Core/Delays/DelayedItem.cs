using Ropeway.Core.Routing;

namespace Ropeway.Core.Delays;

/// <summary>A message of a publish batch that is to wait.</summary>
/// <param name="Index">Its place in the batch.</param>
/// <param name="Exchange">The exchange that routes it when it is due.</param>
/// <param name="DueMs">When that is, in milliseconds since the Unix epoch.</param>
internal readonly record struct DelayedItem(int Index, Exchange Exchange, long DueMs);
