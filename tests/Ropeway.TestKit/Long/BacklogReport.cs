namespace Ropeway.TestKit.Long;

/// <summary>Figures of a backlog run.</summary>
public sealed record BacklogReport
{
    public required double PublishSeconds { get; init; }

    public required double ReadySeconds { get; init; }

    /// <summary>From the kill to the first message, with the consumer's connecting.</summary>
    public required double FirstDeliverySeconds { get; init; }

    public required double DrainSeconds { get; init; }

    /// <summary>Highest resident memory while publishing.</summary>
    public required long PublishResidentBytes { get; init; }

    /// <summary>Highest resident memory after the restart.</summary>
    public required long DrainResidentBytes { get; init; }

    /// <summary>Octets in the data directory when all was queued.</summary>
    public required long DirectoryBytes { get; init; }
}
