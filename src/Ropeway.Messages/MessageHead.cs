namespace Ropeway.Messages;

/// <summary>The fixed part of a stored message.</summary>
/// <param name="Origin">The form of the properties.</param>
/// <param name="Flags">One bit each.</param>
/// <param name="Priority">0 (lowest) to 255.</param>
/// <param name="TimestampMs">When the broker took the message, in milliseconds since the Unix epoch.</param>
/// <param name="ExpiresAtMs">When the message expires, in milliseconds since the Unix epoch; 0 when never.</param>
public readonly record struct MessageHead(MessageOrigin Origin, MessageFlags Flags, byte Priority, long TimestampMs, long ExpiresAtMs);
