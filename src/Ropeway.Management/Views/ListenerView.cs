namespace Ropeway.Management.Views;

/// <summary>An address that the broker listens on.</summary>
internal sealed record ListenerView(
    string Node,
    string Protocol,
    string IpAddress,
    int Port);
