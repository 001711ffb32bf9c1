using Ropeway.Core.Topology;

namespace Ropeway.Core.Resources;

/// <summary>What one queue loses to a damage of its files.</summary>
/// <param name="Name">Whose log it is; null when it was deleted meanwhile.</param>
/// <param name="FirstOffset">First offset that is lost.</param>
/// <param name="EndOffset">Exclusive end.</param>
/// <param name="LostCount">Messages lost.</param>
public sealed record StorageVictim(LogName? Name, long FirstOffset, long EndOffset, long LostCount);
