namespace Ropeway.Management.Views;

/// <summary>The connection of a channel, in short.</summary>
internal sealed record PeerView(
    string Name,
    string PeerHost,
    int PeerPort);
