namespace Ropeway.Core.Delays;

/// <summary>A message that waits for its time, as it was looked at; immutable.</summary>
/// <param name="Entry">When it goes on, and its number among the delayed messages of its virtual host.</param>
/// <param name="Exchange">The exchange that routes it then, UTF-8.</param>
/// <param name="RoutingKey">Its routing key, UTF-8.</param>
/// <param name="TimestampMs">When the broker took it, in milliseconds since the Unix epoch.</param>
/// <param name="BodyBytes">Length of its body.</param>
/// <param name="IsPersistent">Whether it survives a restart.</param>
public sealed record DelayedMessage(DelayEntry Entry, byte[] Exchange, byte[] RoutingKey, long TimestampMs, int BodyBytes, bool IsPersistent);
