namespace Ropeway.Core.Routing;

/// <summary>Property of a message that a consistent-hash exchange hashes.</summary>
internal enum HashedProperty : byte
{
    /// <summary>None: the routing key.</summary>
    None,

    /// <summary>correlation_id.</summary>
    CorrelationId,

    /// <summary>message_id.</summary>
    MessageId,

    /// <summary>timestamp.</summary>
    Timestamp,
}
