namespace Ropeway.Core.Queues;

/// <summary>That somebody has stopped a queue from giving messages away; immutable.</summary>
/// <param name="User">Who.</param>
/// <param name="Reason">Why, for people; possibly empty.</param>
/// <param name="SinceMs">Since when, in milliseconds since the Unix epoch.</param>
public sealed record QueuePause(string User, string Reason, long SinceMs)
{
    /// <summary>Longest reason in characters.</summary>
    public const int ReasonCharsMax = 1024;
}
