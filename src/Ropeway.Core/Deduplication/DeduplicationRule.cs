using Ropeway.Core.Topology;

namespace Ropeway.Core.Deduplication;

/// <summary>How a queue tells that it has had a message before; immutable.</summary>
/// <param name="Header">The header whose value is a message's id; without it the message-id counts.</param>
/// <param name="CountMax">Ids that are remembered at most, from 1; the oldest are forgotten first.</param>
/// <param name="WindowMs">How long an id is remembered, in milliseconds from 1; null as long as there is room.</param>
public sealed record DeduplicationRule(string Header, int CountMax, long? WindowMs)
{
    /// <summary>Argument that switches it on. Policies have these names without <c>x-</c>.</summary>
    internal const string SwitchArgument = "x-message-deduplication";

    /// <summary>Argument that names the header, and the name of the header unless it is given.</summary>
    internal const string HeaderArgument = "x-deduplication-header";

    /// <summary>Argument for <see cref="CountMax"/>.</summary>
    internal const string CountArgument = "x-cache-size";

    /// <summary>Argument for <see cref="WindowMs"/>.</summary>
    internal const string WindowArgument = "x-cache-ttl";

    /// <summary>Ids that are remembered unless the queue says otherwise.</summary>
    public const int CountDefault = 100_000;

    /// <summary>Most ids that a queue may ask to have remembered.</summary>
    public const int CountHighest = 10_000_000;

    /// <summary>Longest window: ten years.</summary>
    public const long WindowHighestMs = 315_360_000_000;

    /// <summary>The rule that arguments and policies come to; they were checked.</summary>
    /// <returns>Null when the queue takes everything.</returns>
    internal static DeduplicationRule? From(in ArgumentSources values) => !values.OperatorFlag("message-deduplication")
        ? null
        : new DeduplicationRule(
            values.OperatorText("deduplication-header") ?? HeaderArgument,
            (int)(values.Lowest("cache-size") ?? CountDefault),
            values.Lowest("cache-ttl") is { } windowMs ? Math.Min(windowMs, WindowHighestMs) : null);
}
