namespace Ropeway.Management.Views;

/// <summary>A protocol in use.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Connections">Open connections.</param>
/// <param name="InRate">Messages a second from clients; null when it is not counted.</param>
/// <param name="OutRate">Messages a second to clients; null when it is not counted.</param>
internal sealed record ProtocolFlowView(string Name, int Connections, double? InRate, double? OutRate);
