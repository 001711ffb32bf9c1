namespace Ropeway.Messages;

/// <summary>A time of an AMQP 0-9-1 field table or property.</summary>
/// <param name="Seconds">Seconds since 1970-01-01 UTC, as sent; some clients put milliseconds here.</param>
public readonly record struct FieldTimestamp(ulong Seconds);
