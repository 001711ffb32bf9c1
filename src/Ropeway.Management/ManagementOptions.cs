using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ropeway.Core.Resources;
using Ropeway.Management.Logs;

namespace Ropeway.Management;

/// <summary>Settings of a <see cref="ManagementHost"/>.</summary>
public sealed record ManagementOptions
{
    /// <summary>Makes loggers.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Open HTTP connections; one more is closed at once.</summary>
    public int ConnectionsMax { get; init; } = ManagementLimits.ConnectionsMax;

    /// <summary>Measures memory and disk, for the metrics; null for none.</summary>
    public IResourceGauges? Gauges { get; init; }

    /// <summary>From where on publishers have to wait, for the metrics; null when it is not known.</summary>
    public ResourceLimits? Limits { get; init; }

    /// <summary>Keeps the last lines of the log, for pages; null for none.</summary>
    public LogTail? LogTail { get; init; }

    /// <summary>Where the broker listens, this server included; for the overview and the health checks.</summary>
    public IReadOnlyList<ListeningAddress> Listeners { get; init; } = [];
}
