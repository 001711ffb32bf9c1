namespace Ropeway.Core.Queues.Browsing;

/// <summary>A message that was looked at and stays where it is; immutable.</summary>
/// <param name="Sequence">Its number in its queue.</param>
/// <param name="TimestampMs">When the broker took it, in milliseconds since the Unix epoch.</param>
/// <param name="ExpiresAtMs">When it expires; 0 for never.</param>
/// <param name="Exchange">Where it was published, UTF-8.</param>
/// <param name="RoutingKey">Its routing key, UTF-8.</param>
/// <param name="Properties">Its properties as they were encoded.</param>
/// <param name="BodyBytes">Length of the body.</param>
public sealed record BrowsedMessage(long Sequence, long TimestampMs, long ExpiresAtMs, byte[] Exchange, byte[] RoutingKey, byte[] Properties, int BodyBytes)
{
    /// <summary>Bytes of a body that <see cref="Preview"/> has at most.</summary>
    public const int PreviewBytesMax = 512;

    /// <summary>Whether it survives a restart.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>0 (lowest) to 255.</summary>
    public byte Priority { get; init; }

    /// <summary>How often it was delivered and came back; in queues that do not count it 1 when that happened at all, as far as is known.</summary>
    public long Tries { get; init; }

    /// <summary>Whether its next consumer gets it flagged as redelivered; of a held one whether its consumer may have got it so.</summary>
    public bool IsRedelivered { get; init; }

    /// <summary>When it is ready again, in milliseconds since the Unix epoch; null when it does not wait for that.</summary>
    public long? DueMs { get; init; }

    /// <summary>Whether somebody has it and did not settle it.</summary>
    public bool IsHeld { get; init; }

    /// <summary>The first bytes of the body; null when it lies in a file of its own, which was not read.</summary>
    public byte[]? Preview { get; init; }
}
