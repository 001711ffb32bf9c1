namespace Ropeway.Core.Queues;

/// <summary>What a consumer says of a delivery.</summary>
public enum Resolution
{
    /// <summary>Done with.</summary>
    Settled,

    /// <summary>Refused: the queue gives it away.</summary>
    Rejected,

    /// <summary>Given back: it becomes ready again, at once or later.</summary>
    Returned,

    /// <summary>As <see cref="Returned"/>, because its consumer failed with it.</summary>
    Failed,
}
