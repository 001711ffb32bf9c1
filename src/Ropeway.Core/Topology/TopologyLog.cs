using Microsoft.Extensions.Logging;

namespace Ropeway.Core.Topology;

/// <summary>Log messages of declarations; event ids 3100 to 3199.</summary>
internal static partial class TopologyLog
{
    [LoggerMessage(3100, LogLevel.Warning, "Removed {Count} definitions left over from a deletion that was interrupted.")]
    public static partial void LeftoversRemoved(ILogger logger, int count);
}
