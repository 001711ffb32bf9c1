namespace Ropeway.Core.Queues;

/// <summary>Why a queue gave a message away.</summary>
internal enum DeathReason
{
    /// <summary>Its time was over.</summary>
    Expired,

    /// <summary>A consumer refused it.</summary>
    Rejected,

    /// <summary>The queue was over its length.</summary>
    MaxLength,

    /// <summary>It came back too often.</summary>
    DeliveryLimit,
}
