namespace Ropeway.Server.Bench;

/// <summary>What a run measured. Rates are per second of the measured part; CPU is per message, see <see cref="MessageCount"/>.</summary>
internal sealed record BenchResult
{
    /// <summary>What was asked for.</summary>
    public required AmqpBenchOptions Options { get; init; }

    /// <summary>Messages per write that were used.</summary>
    public required int BatchCount { get; init; }

    /// <summary>Length of the measured part.</summary>
    public required double Seconds { get; init; }

    /// <summary>Messages published in the measured part.</summary>
    public required long Published { get; init; }

    /// <summary>Messages confirmed in the measured part.</summary>
    public required long Confirmed { get; init; }

    /// <summary>Messages refused by the broker in the whole run.</summary>
    public required long Refused { get; init; }

    /// <summary>Messages delivered in the measured part; a fanout counts every copy.</summary>
    public required long Delivered { get; init; }

    /// <summary>Messages with the redelivered mark in the whole run.</summary>
    public required long Redelivered { get; init; }

    /// <summary>Published per second.</summary>
    public required double PublishedPerSecond { get; init; }

    /// <summary>Confirmed per second.</summary>
    public required double ConfirmedPerSecond { get; init; }

    /// <summary>Delivered per second.</summary>
    public required double DeliveredPerSecond { get; init; }

    /// <summary>CPU, memory, disk.</summary>
    public required UsageProbe Usage { get; init; }

    /// <summary>From the write (or its scheduled moment) to the confirm.</summary>
    public required LatencySummary ConfirmLatency { get; init; }

    /// <summary>From the write (or its scheduled moment) to the delivery.</summary>
    public required LatencySummary DeliveryLatency { get; init; }

    /// <summary>From the scheduled moment to the write: the generator's own part of both.</summary>
    public required LatencySummary PaceLateness { get; init; }

    /// <summary>Null when bodies were not checked.</summary>
    public VerificationSummary? Verification { get; init; }

    /// <summary>Why the broker asked publishers to wait; null when it did not.</summary>
    public string? BlockedReason { get; init; }

    /// <summary>Messages by which CPU is divided: deliveries, or publishes where there are more of these.</summary>
    public long MessageCount => Math.Max(Delivered, Published);

    /// <summary>Bodies delivered (or published, when nobody consumes) in 10^6 bytes per second.</summary>
    public double MegabytesPerSecond => Math.Max(DeliveredPerSecond, Options.ConsumerCount == 0 ? PublishedPerSecond : 0) * Options.BodyBytes / 1e6;

    /// <summary>Whether the broker did what it should: nothing refused, nothing wrong in the bodies.</summary>
    public bool IsGood => Refused == 0 && (Verification is null || Verification.IsPerfect);
}
