namespace Ropeway.Messages;

/// <summary>The fixed part of a stored message.</summary>
/// <param name="Origin">The form of the properties.</param>
/// <param name="Flags">One bit each.</param>
/// <param name="Priority">0 (lowest) to 255.</param>
/// <param name="TimestampMs">When the broker took the message, in milliseconds since the Unix epoch.</param>
/// <param name="ExpiresAtMs">When the message expires, in milliseconds since the Unix epoch; 0 when never.</param>
public readonly record struct MessageHead(MessageOrigin Origin, MessageFlags Flags, byte Priority, long TimestampMs, long ExpiresAtMs)
{
    /// <summary>Stands for a time to live without end.</summary>
    public const long NoTtl = long.MaxValue;

    /// <summary>Whether the message expired the moment it came: it is for whoever takes it at once, or for nobody.</summary>
    public bool IsForNow => ExpiresAtMs != 0 && ExpiresAtMs <= TimestampMs;

    /// <summary>The same message when it is taken at another time: its time to live begins then.</summary>
    /// <param name="timestampMs">Milliseconds since the Unix epoch.</param>
    public MessageHead TakenAt(long timestampMs) =>
        this with { TimestampMs = timestampMs, ExpiresAtMs = ExpiresAtMs == 0 ? 0 : timestampMs + ExpiresAtMs - TimestampMs };

    /// <summary>The same message where none lives longer than <paramref name="ttlMs"/> milliseconds.</summary>
    public MessageHead Within(long ttlMs)
    {
        if (ttlMs == NoTtl)
        {
            return this;
        }

        long expiresAtMs = TimestampMs + ttlMs;
        return ExpiresAtMs != 0 && ExpiresAtMs < expiresAtMs ? this : this with { ExpiresAtMs = expiresAtMs };
    }
}
