using Ropeway.Core.Queues;

namespace Ropeway.Management.Findings;

/// <summary>What sentences about a queue are made from. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Waiting">Ready messages.</param>
/// <param name="Held">Messages that consumers hold.</param>
/// <param name="InRate">Messages a second that come in, over a minute.</param>
/// <param name="OutRate">Messages a second that leave, over a minute.</param>
internal sealed record QueueFacts(string Name, long Waiting, long Held, double InRate, double OutRate)
{
    /// <summary>What holds for the queue.</summary>
    public EffectiveArguments Settings { get; init; } = EffectiveArguments.None;

    /// <summary>Bytes of the bodies of ready messages, or null.</summary>
    public long? ReadyBytes { get; init; }

    /// <summary>Its consumers.</summary>
    public IReadOnlyList<ConsumerFacts> Consumers { get; init; } = [];

    /// <summary>Messages a second by which it grows.</summary>
    public double Growth => InRate - OutRate;
}
