namespace Ropeway.Core.Queues;

/// <summary>
/// How sure dead-lettering is to be (x-dead-letter-strategy). Neither loses a message in a crash: it leaves its queue in the same
/// moment in which the next one has it. They differ in what becomes of one that nobody takes.
/// </summary>
public enum DeadLetterStrategy
{
    /// <summary>What leads nowhere, and what its targets refuse, is dropped.</summary>
    AtMostOnce,

    /// <summary>It stays, and is tried again, until each of its targets has taken it; see <see cref="EffectiveArguments.KeepsDeadLetters"/>.</summary>
    AtLeastOnce,
}
