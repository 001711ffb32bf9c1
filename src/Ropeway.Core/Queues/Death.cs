using Ropeway.Messages;

namespace Ropeway.Core.Queues;

/// <summary>One time that a message was given away by a queue: an entry of its x-death header.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Queue">Which queue.</param>
/// <param name="Seconds">When, in seconds since the Unix epoch.</param>
/// <param name="Exchange">Where the message had been published to: text, or bytes that are none.</param>
/// <param name="RoutingKeys">With which keys.</param>
/// <param name="Expiration">The expiration it had, which it loses now; null when it had none.</param>
internal sealed record Death(string Reason, string Queue, ulong Seconds, object Exchange, FieldArray RoutingKeys, string? Expiration)
{
    /// <summary>The reason in headers and texts.</summary>
    public static string NameOf(DeathReason reason) => reason switch
    {
        DeathReason.Expired => "expired",
        DeathReason.Rejected => RejectedName,
        DeathReason.MaxLength => "maxlen",
        _ => "delivery_limit",
    };

    /// <summary>The reason of a consumer's refusal.</summary>
    public const string RejectedName = "rejected";
}
