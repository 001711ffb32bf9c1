namespace Ropeway.Core.Routing;

/// <summary>How an exchange chooses its bindings. The values are stored on disk and never change.</summary>
public enum ExchangeType : byte
{
    /// <summary>The routing key equals the binding's key.</summary>
    Direct = 1,

    /// <summary>Every binding.</summary>
    Fanout = 2,

    /// <summary>The binding's key is a pattern of words: <c>*</c> is one word, <c>#</c> any number of them.</summary>
    Topic = 3,

    /// <summary>The binding's arguments are compared with the message's headers.</summary>
    Headers = 4,

    /// <summary>One binding by a hash of the routing key, a header or a property; the bindings' keys are weights.</summary>
    ConsistentHash = 5,

    /// <summary>One binding by a hash of the routing key, modulo their number.</summary>
    ModulusHash = 6,

    /// <summary>One binding at random.</summary>
    Random = 7,

    /// <summary>Every binding; the last messages are kept for queues that are bound later.</summary>
    RecentHistory = 8,

    /// <summary>As the type that its argument names; messages that ask for it wait first.</summary>
    DelayedMessage = 9,
}
