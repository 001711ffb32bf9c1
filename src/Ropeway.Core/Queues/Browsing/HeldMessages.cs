namespace Ropeway.Core.Queues.Browsing;

/// <summary>Neighbouring messages of a queue that one consumer, or one who fetched them, has and did not settle; immutable.</summary>
/// <param name="Start">Number of the first.</param>
/// <param name="End">Number behind the last.</param>
/// <param name="Channel">Number of the channel or session.</param>
/// <param name="ConsumerTag">The consumer's name on it; empty when they were fetched without one.</param>
/// <param name="SinceMs">When the first of them was delivered, in milliseconds since the Unix epoch; null when that is not known.</param>
public sealed record HeldMessages(long Start, long End, int Channel, string ConsumerTag, long? SinceMs)
{
    /// <summary>Name of the connection; empty until whoever asked the connection has filled it in.</summary>
    public string Connection { get; init; } = string.Empty;
}
