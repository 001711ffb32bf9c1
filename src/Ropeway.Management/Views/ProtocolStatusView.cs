namespace Ropeway.Management.Views;

/// <summary>No listener has the protocol that a check asks for.</summary>
internal sealed record ProtocolStatusView(
    string Status,
    string Reason,
    string Missing,
    IReadOnlyList<string> Protocols);
