namespace Ropeway.Server.Bench;

/// <summary>Sums over all connections at one moment.</summary>
/// <param name="Published">Messages handed to the sockets.</param>
/// <param name="Confirmed">Messages confirmed.</param>
/// <param name="Refused">Messages refused.</param>
/// <param name="Delivered">Messages received.</param>
/// <param name="Redelivered">Messages received with the redelivered mark.</param>
/// <param name="LastReplyTicks">When the last confirm (or the end of a channel) came.</param>
/// <param name="LastDeliveryTicks">When the last message came.</param>
internal readonly record struct CrewCounts(
    long Published,
    long Confirmed,
    long Refused,
    long Delivered,
    long Redelivered,
    long LastReplyTicks,
    long LastDeliveryTicks);
