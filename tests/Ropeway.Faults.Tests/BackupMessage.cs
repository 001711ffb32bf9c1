namespace Ropeway.Faults.Tests;

/// <summary>What clients saw of one message, as times of the load's clock; never is the far future.</summary>
internal sealed class BackupMessage
{
    public const long Never = long.MaxValue;

    /// <summary>Before it was written to the socket.</summary>
    public required long PublishedAt { get; init; }

    /// <summary>When its confirm had come.</summary>
    public long ConfirmedAt { get; set; } = Never;

    /// <summary>Before its ack was written to the socket.</summary>
    public long AckedAt { get; set; } = Never;

    /// <summary>When a later reply on the channel had come.</summary>
    public long SettledAt { get; set; } = Never;
}
