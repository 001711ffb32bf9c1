namespace Ropeway.Core.Queues;

/// <summary>How sure dead-lettering is to be (x-dead-letter-strategy). On one node both are the same: the message leaves its queue once the next one has it.</summary>
public enum DeadLetterStrategy
{
    /// <summary>RabbitMQ may lose the message on the way.</summary>
    AtMostOnce,

    /// <summary>RabbitMQ keeps the message until its targets have confirmed it.</summary>
    AtLeastOnce,
}
