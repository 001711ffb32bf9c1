using System.Text.Json.Serialization;

namespace Ropeway.Management.Views;

/// <summary>The one node.</summary>
internal sealed record NodeView(
    string Name,
    string Type,
    bool Running,
    string OsPid,
    int Processors,
    bool MemAlarm,
    bool DiskFreeAlarm,
    long Uptime,
    string RatesMode,
    long? MemLimit,
    string MemCalculationStrategy,
    long? DiskFreeLimit,
    long? FdTotal,
    long? SocketsTotal,
    long? ProcTotal,
    long RunQueue,
    IReadOnlyList<KindView> ExchangeTypes,
    IReadOnlyList<KindView> AuthMechanisms,
    IReadOnlyList<string> Partitions,
    IReadOnlyList<string> EnabledPlugins,
    IReadOnlyList<string> ClusterLinks)
{
    /// <summary>What is measured, and how fast it changes: members of the node as the others.</summary>
    [JsonExtensionData]
    public Dictionary<string, object> Measured { get; set; } = [];
}
