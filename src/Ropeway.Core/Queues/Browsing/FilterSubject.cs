using Ropeway.Messages;

namespace Ropeway.Core.Queues.Browsing;

/// <summary>A message that a filter looks at. Valid as long as the memory below it.</summary>
/// <param name="content">The message.</param>
/// <param name="body">Its body, wherever it lies; empty when it was not read.</param>
/// <param name="tries">How often it came back.</param>
internal readonly ref struct FilterSubject(StoredMessage content, ReadOnlySpan<byte> body, long tries)
{
    /// <summary>The message.</summary>
    public StoredMessage Content { get; } = content;

    /// <summary>Its body.</summary>
    public ReadOnlySpan<byte> Body { get; } = body;

    /// <summary>How often it came back.</summary>
    public long Tries { get; } = tries;
}
