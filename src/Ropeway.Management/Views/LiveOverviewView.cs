using System.Text.Json.Serialization;

namespace Ropeway.Management.Views;

/// <summary>The broker as a whole at a moment, as far as the user may see it. Null is what is not known. Rates are messages a second.</summary>
internal sealed record LiveOverviewView
{
    /// <summary>The node's name.</summary>
    public required string Node { get; init; }

    /// <summary>Our version.</summary>
    public required string Version { get; init; }

    /// <summary>Seconds since the start of the HTTP server.</summary>
    [JsonPropertyName("uptime_s")]
    public required long Uptime { get; init; }

    /// <summary>Messages that queues take.</summary>
    public required double PublishedRate { get; init; }

    /// <summary>Messages that consumers get.</summary>
    public required double DeliveredRate { get; init; }

    /// <summary>Messages that leave queues.</summary>
    public required double AckedRate { get; init; }

    /// <summary>Messages that went back to their publishers.</summary>
    public double? ReturnedRate { get; init; }

    /// <summary>Messages that led to no queue and were dropped.</summary>
    public double? UnroutableRate { get; init; }

    /// <summary>Ready messages.</summary>
    public required long Waiting { get; init; }

    /// <summary>Messages that consumers hold.</summary>
    public required long Held { get; init; }

    /// <summary>Queues.</summary>
    public required long Queues { get; init; }

    /// <summary>Exchanges.</summary>
    public required long Exchanges { get; init; }

    /// <summary>Open connections.</summary>
    public required int Connections { get; init; }

    /// <summary>Open channels.</summary>
    public required int Channels { get; init; }

    /// <summary>Consumers.</summary>
    public required int Consumers { get; init; }

    /// <summary>Connections that publish.</summary>
    public int? Publishers { get; init; }

    /// <summary>How long the oldest waiting message waits, in seconds.</summary>
    [JsonPropertyName("oldest_s")]
    public double? Oldest { get; init; }

    /// <summary>Where: virtual host and queue.</summary>
    public IReadOnlyList<string>? OldestQueue { get; init; }

    /// <summary>How long a message is held by a consumer at most, in seconds.</summary>
    [JsonPropertyName("longest_held_s")]
    public double? LongestHeld { get; init; }

    /// <summary>Half of the confirms take less, in milliseconds.</summary>
    public double? ConfirmP50Ms { get; init; }

    /// <summary>99 of 100 confirms take less, in milliseconds.</summary>
    public double? ConfirmP99Ms { get; init; }

    /// <summary>Half of the syncs take less, in milliseconds.</summary>
    public double? SyncP50Ms { get; init; }

    /// <summary>99 of 100 syncs take less, in milliseconds.</summary>
    public double? SyncP99Ms { get; init; }

    /// <summary>Free space of the disk, in bytes; for monitoring, as the following.</summary>
    public long? DiskFree { get; init; }

    /// <summary>Free space below which publishers wait, in bytes.</summary>
    public long? DiskFreeLimit { get; init; }

    /// <summary>Size of the disk, in bytes.</summary>
    public long? DiskTotal { get; init; }

    /// <summary>Memory of the process, in bytes.</summary>
    public long? Memory { get; init; }

    /// <summary>Memory from which on publishers wait, in bytes.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Open files and sockets.</summary>
    public int? Descriptors { get; init; }

    /// <summary>Files and sockets that may be open.</summary>
    public long? DescriptorsLimit { get; init; }

    /// <summary>Publishers that have to wait.</summary>
    public required IReadOnlyList<SlowedView> Slowed { get; init; }

    /// <summary>What needs a look.</summary>
    public required FindingCountsView Findings { get; init; }

    /// <summary>Protocols in use.</summary>
    public required IReadOnlyList<ProtocolFlowView> Protocols { get; init; }
}
