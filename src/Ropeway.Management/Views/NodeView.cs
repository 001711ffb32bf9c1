namespace Ropeway.Management.Views;

/// <summary>The one node.</summary>
internal sealed record NodeView(
    string Name,
    string Type,
    bool Running,
    string OsPid,
    int Processors,
    long MemUsed,
    bool MemAlarm,
    bool DiskFreeAlarm,
    long Uptime,
    string RatesMode,
    long? MemLimit,
    long? DiskFree,
    long? DiskFreeLimit,
    int SocketsUsed,
    IReadOnlyList<string> Partitions,
    IReadOnlyList<string> EnabledPlugins,
    IReadOnlyList<string> ClusterLinks);
