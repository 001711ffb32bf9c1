namespace Ropeway.Core.Topology;

/// <summary>First byte of the key of a stored definition. The values never change and are never given again.</summary>
internal enum StoredEntryKind : byte
{
    /// <summary>That the first start is complete.</summary>
    Started = 0,

    /// <summary>A virtual host.</summary>
    VirtualHost = 1,

    /// <summary>An exchange.</summary>
    Exchange = 2,

    /// <summary>A queue.</summary>
    Queue = 3,

    /// <summary>A binding.</summary>
    Binding = 4,

    /// <summary>A user.</summary>
    User = 5,

    /// <summary>What a user may do in a virtual host.</summary>
    Permission = 6,

    /// <summary>Which routing keys of a topic exchange a user may use.</summary>
    TopicPermission = 7,

    /// <summary>A policy.</summary>
    Policy = 8,

    /// <summary>What a virtual host may have at once.</summary>
    VirtualHostLimits = 9,

    /// <summary>What a user may have open at once.</summary>
    UserLimits = 10,

    /// <summary>A value that operators keep for the broker as a whole.</summary>
    GlobalParameter = 11,

    /// <summary>That a queue gives no messages away.</summary>
    QueuePause = 12,

    /// <summary>A queue that was deleted and could come back until the broker stopped.</summary>
    ShelvedQueue = 13,

    /// <summary>The log of a virtual host's delayed messages.</summary>
    DelayLog = 32,

    /// <summary>The log of the ids that a queue has had.</summary>
    IdLog = 33,
}
