namespace Ropeway.Core.Queues;

/// <summary>Which messages that come back wait before they are delivered again (x-delayed-retry-type); the names are RabbitMQ 4.3's.</summary>
public enum RetryKind
{
    /// <summary>All.</summary>
    All,

    /// <summary>Those that a consumer rejected, or held when it went.</summary>
    Failed,

    /// <summary>Those that a consumer gave back.</summary>
    Returned,
}
