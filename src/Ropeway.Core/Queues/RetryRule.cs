using Ropeway.Core.Topology;

namespace Ropeway.Core.Queues;

/// <summary>How long a message that comes back waits before it is delivered again. Immutable.</summary>
/// <param name="Kind">Which messages wait.</param>
/// <param name="MinMs">The first delay, in milliseconds from 1.</param>
/// <param name="MaxMs">The longest delay, in milliseconds from 1.</param>
/// <param name="Multiplier">What each delay is of the one before, from 1; null when they grow by <paramref name="MinMs"/> each, as in RabbitMQ.</param>
/// <param name="JitterPercent">How much of a delay is left to chance, 0 to 100: by so much it may be shorter.</param>
public sealed record RetryRule(RetryKind Kind, long MinMs, long MaxMs, long? Multiplier = null, int JitterPercent = 0)
{
    /// <summary>Longest delay: ten years.</summary>
    public const long DelayHighestMs = 315_360_000_000;

    /// <summary>Highest multiplier.</summary>
    public const long MultiplierHighest = 1000;

    /// <summary>The rule that arguments and policies come to; null when messages that come back are ready at once.</summary>
    internal static RetryRule? From(in ArgumentSources values)
    {
        RetryKind? kind = values.PolicyText("delayed-retry-type") switch
        {
            "all" => RetryKind.All,
            "failed" => RetryKind.Failed,
            "returned" => RetryKind.Returned,
            _ => null,
        };
        if (kind is null || values.LowestAboveOperators("delayed-retry-min") is not { } minMs)
        {
            return null;
        }

        long? multiplier = values.FirstNumber("delayed-retry-multiplier");
        long maxMs = values.Lowest("delayed-retry-max") ?? (multiplier is null ? minMs : DelayHighestMs);
        return new RetryRule(
            kind.Value,
            Math.Min(minMs, DelayHighestMs),
            Math.Min(maxMs, DelayHighestMs),
            multiplier,
            (int)(values.FirstNumber("delayed-retry-jitter") ?? 0));
    }

    /// <summary>Whether a message waits.</summary>
    /// <param name="isFailed">Whether it was rejected, or held by a consumer that went; false when it was given back.</param>
    public bool Covers(bool isFailed) => Kind == RetryKind.All || (Kind == RetryKind.Failed) == isFailed;

    /// <summary>How long a message waits that has come back for the <paramref name="count"/>th time.</summary>
    /// <param name="count">1 to 65,536.</param>
    /// <param name="chance">Gives a number from 0, exclusive 1.</param>
    /// <returns>Milliseconds, 0 to <see cref="MaxMs"/>.</returns>
    public long DelayMs(long count, Func<double> chance)
    {
        long delayMs = Math.Min(Multiplier is { } multiplier ? Grow(multiplier, count) : MinMs * count, MaxMs);
        return JitterPercent == 0 ? delayMs : delayMs - (long)(delayMs * (JitterPercent / 100.0) * chance());
    }

    private long Grow(long multiplier, long count)
    {
        long delayMs = MinMs;
        for (long n = 1; n < count && multiplier > 1 && delayMs < MaxMs; n++)
        {
            delayMs *= multiplier;
        }

        return delayMs;
    }
}
